//! The service: routes, application services, metrics; the binary quo-server.
