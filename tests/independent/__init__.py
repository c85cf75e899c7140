"""The independent client: held to the RFCs, to the server's own code, and to a server that runs."""
