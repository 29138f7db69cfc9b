//! Downstream systems: the HTTP connector and the simulators behind it.
