//! Evaluate a request on a package: decision, trace, explanation, fingerprints, replay.
