//! The four routes of signing in. Their bodies hold secrets, and must not stay with the request for the
//! slow log.

use actix_web::{HttpResponse, post, web};
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::dto::{AuthOut, LoginIn, RefreshIn, SignedOutOut, VerifyIn, read};
use super::service::IdentityService;
use crate::core::body::SecretBody;
use crate::core::work::UnitOfWork;

/// Sign in.
///
/// Needs `x-bb-clientid`, no token. A refusal says `invalid credentials` whatever the reason, also
/// while sign-ins have to wait after wrong passwords.
#[utoipa::path(
    tag = "identity", operation_id = "login", request_body = LoginIn,
    responses((status = 200, description = "Tokens and account; on a refusal the status only", body = AuthOut)),
    extensions(("x-caller" = json!("anyone"))),
)]
#[post("/login")]
async fn login(
    service: web::Data<IdentityService>,
    work: UnitOfWork,
    body: SecretBody,
) -> HttpResponse {
    work.run(async |session| service.login(session, read::<LoginIn>(&body)?).await).await
}

/// Stay signed in.
///
/// Needs `x-bb-clientid`, no token. Both tokens of the answer are new. For 30 seconds a refresh token
/// gives the same next one again; used later, or after the next one was used, it ends its session.
#[utoipa::path(
    tag = "identity", operation_id = "refresh", request_body = RefreshIn,
    responses((status = 200, description = "Tokens and account; on a refusal the status only", body = AuthOut)),
    extensions(("x-caller" = json!("anyone"))),
)]
#[post("/refresh")]
async fn refresh(
    service: web::Data<IdentityService>,
    work: UnitOfWork,
    body: SecretBody,
) -> HttpResponse {
    work.run(async |session| service.refresh(session, &read::<RefreshIn>(&body)?).await).await
}

/// Sign out.
///
/// Ends the session of the token: none of its tokens is accepted any more.
#[utoipa::path(
    tag = "identity", operation_id = "logout",
    responses((status = 200, description = "Done", body = SignedOutOut)),
    extensions(("x-caller" = json!("signed in"))), security(("bearer" = [])),
)]
#[post("/logout")]
async fn logout(service: web::Data<IdentityService>, work: UnitOfWork) -> HttpResponse {
    work.run(async |session| service.logout(session).await).await
}

/// Ask whose a token is.
///
/// Needs `x-bb-clientid`. `invalid token` for one that is not good now or whose session has ended.
#[utoipa::path(
    tag = "identity", operation_id = "verify_token", request_body = VerifyIn,
    responses((status = 200, description = "The token's account; on a refusal the status only", body = AuthOut)),
    extensions(("x-caller" = json!("anyone"))),
)]
#[post("/verify/token")]
async fn verify_token(
    service: web::Data<IdentityService>,
    work: UnitOfWork,
    body: SecretBody,
) -> HttpResponse {
    work.run(async |session| service.verify(session, &read::<VerifyIn>(&body)?).await).await
}

/// Routes of the module.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(
        scope::scope("/identity-service/api/auth")
            .service(login)
            .service(refresh)
            .service(logout)
            .service(verify_token),
    );
}
