//! On whose behalf a request comes: for now what its headers say.
//!
//! **A placeholder until authentication exists.** Whoever can reach the service can name any tenant, actor and role;
//! that is why it listens on loopback unless told otherwise. Everything behind this extractor already takes tenant and
//! actor from the [`Principal`] alone, so that only this file changes when tokens replace the headers.

use crate::error::AppError;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use quo_domain::ids::{ActorId, TenantId};
use quo_domain::principal::{Actor, ActorKind, Principal};
use std::collections::BTreeSet;

/// Names the tenant.
pub const TENANT_HEADER: &str = "x-quo-tenant";
/// Names the actor as `type:id`; types are `user` and `service`.
pub const ACTOR_HEADER: &str = "x-quo-actor";
/// Lists the actor's roles, separated by commas.
pub const ROLES_HEADER: &str = "x-quo-roles";

/// The principal of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub Principal);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        principal(&parts.headers).map(Self)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, AppError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(AppError::no_principal(format!(
            "the header `{name}` is given twice"
        )));
    }
    let readable = value.to_str().map_err(|_| {
        AppError::no_principal(format!(
            "the header `{name}` has characters other than visible ASCII"
        ))
    })?;
    Ok(Some(readable.trim()))
}

fn principal(headers: &HeaderMap) -> Result<Principal, AppError> {
    let needed = |name: &str| {
        text(headers, name)?
            .ok_or_else(|| AppError::no_principal(format!("the header `{name}` is missing")))
    };
    let tenant = TenantId::parse(needed(TENANT_HEADER)?).map_err(AppError::no_principal)?;
    let actor = actor(needed(ACTOR_HEADER)?)?;
    let roles: BTreeSet<String> = text(headers, ROLES_HEADER)?
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|role| !role.is_empty())
        .map(str::to_owned)
        .collect();
    Ok(Principal {
        tenant,
        actor,
        roles,
    })
}

fn actor(text: &str) -> Result<Actor, AppError> {
    let wrong = || AppError::no_principal(format!("`{text}` is not an actor such as `user:u-17`"));
    let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
    let kind = match kind {
        "user" => ActorKind::User,
        "service" => ActorKind::Service,
        // `system` is the platform itself and never comes from outside.
        _ => return Err(wrong()),
    };
    Ok(Actor {
        kind,
        id: ActorId::parse(id).map_err(AppError::no_principal)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(pairs: &[(&str, &str)]) -> Result<Principal, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                axum::http::HeaderName::from_bytes(name.as_bytes()).map_err(|e| e.to_string())?,
                value.parse().map_err(|_| "not a header".to_owned())?,
            );
        }
        principal(&headers).map_err(|error| error.problem().detail)
    }

    #[test]
    fn headers_name_tenant_actor_and_roles() {
        let caller = says(&[
            ("X-Quo-Tenant", "acme"),
            ("X-Quo-Actor", "user:u-1"),
            ("X-Quo-Roles", "SalesRep, DealDesk,,"),
        ])
        .unwrap();
        assert_eq!(caller.tenant.as_str(), "acme");
        assert_eq!(caller.actor.to_string(), "user:u-1");
        assert_eq!(
            caller.roles.into_iter().collect::<Vec<_>>(),
            ["DealDesk", "SalesRep"]
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let tenant = ("X-Quo-Tenant", "acme");
        assert_eq!(
            says(&[]).unwrap_err(),
            "the header `x-quo-tenant` is missing"
        );
        assert_eq!(
            says(&[tenant]).unwrap_err(),
            "the header `x-quo-actor` is missing"
        );
        assert_eq!(
            says(&[tenant, ("X-Quo-Actor", "system:timer")]).unwrap_err(),
            "`system:timer` is not an actor such as `user:u-17`"
        );
        assert_eq!(
            says(&[tenant, tenant, ("X-Quo-Actor", "user:a")]).unwrap_err(),
            "the header `x-quo-tenant` is given twice"
        );
        assert_eq!(
            says(&[("X-Quo-Tenant", "a/b"), ("X-Quo-Actor", "user:a")]).unwrap_err(),
            "a tenant id consists of ASCII letters, digits, `.`, `_`, `-` and `:`; `/` is none of them"
        );
    }
}
