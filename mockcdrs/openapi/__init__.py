"""The CDR API as an OpenAPI 3.1 document, kept by hand and held to the mock's answers by tests."""
