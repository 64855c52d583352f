"""The HTTP interface: thin routes over the flow, one place for errors, guards and the OpenAPI document."""
