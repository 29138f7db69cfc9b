//! Files, spans and diagnostics with stable codes, and their renderers.
