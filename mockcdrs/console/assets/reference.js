// The mock's reference: everything that has a name, in the words of `mockcdrs explain`.

const WITH_ADVICE = new Set(["advice", "quirk"]);

// What advice may be about: its own codes, and the quirks, whose names it gives as codes.
export const adviceOf = (reference) =>
  reference.filter(({ kind }) => WITH_ADVICE.has(kind)).flatMap(({ entries }) => entries);
