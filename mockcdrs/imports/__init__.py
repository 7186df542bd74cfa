"""Import of real CDRs: reading saved answers and exports, building documents of them, anonymizing documents."""
