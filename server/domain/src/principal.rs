//! Who acts: the tenant and the actor, as the request's principal says, never its body.
//!
//! How a principal is authenticated is not known here.

use crate::ids::{ActorId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What kind of actor acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A person.
    User,
    /// Another program on behalf of its own business.
    Service,
    /// This platform itself: timers, orchestration, recovery.
    System,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Actor {
    /// Kind of actor.
    #[serde(rename = "type")]
    pub kind: ActorKind,
    /// The actor's id, unique within its tenant.
    pub id: ActorId,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ActorKind::User => "user",
            ActorKind::Service => "service",
            ActorKind::System => "system",
        };
        write!(f, "{kind}:{}", self.id)
    }
}

/// On whose behalf a request comes: the tenant, the actor, and the roles the actor holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The tenant whose data this is about.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// Roles such as `SalesManager`, as the approval matrix names them.
    pub roles: BTreeSet<String>,
}

impl Principal {
    /// Whether the actor holds the role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }
}
