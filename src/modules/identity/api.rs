//! The four routes of signing in. Their bodies hold secrets, and must not stay with the request for the
//! slow log.

use std::sync::Arc;

use actix_web::web;

use super::dto::{AuthOut, LoginIn, RefreshIn, SignedOutOut, VerifyIn, read};
use super::service::IdentityService;
use crate::core::caller::Anyone;
use crate::core::route::{Answer, Routes, SecretInput, post};
use crate::core::work::Work;

async fn login(
    service: web::Data<IdentityService>,
    work: Work<Anyone>,
    input: SecretInput<LoginIn>,
) -> Answer<AuthOut> {
    work.run(async |session| service.login(session, read(&input)?).await).await
}

async fn refresh(
    service: web::Data<IdentityService>,
    work: Work<Anyone>,
    input: SecretInput<RefreshIn>,
) -> Answer<AuthOut> {
    work.run(async |session| service.refresh(session, &read(&input)?).await).await
}

async fn logout(service: web::Data<IdentityService>, work: Work) -> Answer<SignedOutOut> {
    work.run(async |session| service.logout(session).await).await
}

async fn verify_token(
    service: web::Data<IdentityService>,
    work: Work<Anyone>,
    input: SecretInput<VerifyIn>,
) -> Answer<AuthOut> {
    work.run(async |session| service.verify(session, &read(&input)?).await).await
}

/// Routes of the module.
pub fn routes(service: &Arc<IdentityService>) -> Routes {
    let account = "Tokens and account; on a refusal the status only";
    let routes = [
        post("/login", login).about("Sign in.").answers(account).more(
            "Needs `x-bb-clientid`, no token. A refusal says `invalid credentials` whatever the reason, \
             also while sign-ins have to wait after wrong passwords.",
        ),
        post("/refresh", refresh).about("Stay signed in.").answers(account).more(
            "Needs `x-bb-clientid`, no token. Both tokens of the answer are new. For 30 seconds a refresh \
             token gives the same next one again; used later, or after the next one was used, it ends its \
             session.",
        ),
        post("/logout", logout)
            .about("Sign out.")
            .more("Ends the session of the token: none of its tokens is accepted any more.")
            .answers("Done"),
        post("/verify/token", verify_token)
            .about("Ask whose a token is.")
            .more(
                "Needs `x-bb-clientid`. `invalid token` for one that is not good now or whose session has \
                 ended.",
            )
            .answers("The token's account; on a refusal the status only"),
    ];
    Routes::under("/api/auth", routes).with(service)
}
