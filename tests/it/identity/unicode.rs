//! Passwords and e-mail addresses in their Unicode forms.

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::stores::Stores;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::modules::identity::IdentityService;
use serde_json::json;

use super::{PASSWORD, login, refused, start, success};

/// "correct hors\u{e9}", hashed as it was typed: decomposed.
async fn hash_of(password: &str) -> String {
    use argon2::password_hash::PasswordHasher as _;
    argon2::Argon2::default().hash_password(password.as_bytes()).expect("hashes").to_string()
}

#[actix_web::test]
async fn a_password_stored_as_typed_works_and_then_in_every_form() {
    let app = start("").await;
    let (composed, decomposed) = ("correct hors\u{e9}", "correct horse\u{301}");
    let hash = hash_of(decomposed).await;
    app.execute(&format!("UPDATE identity_user SET password_hash = '{hash}'")).await;
    refused(&login(&app, "asha@example.com", composed).await, "invalid credentials");
    success(&login(&app, "asha@example.com", decomposed).await);
    success(&login(&app, "asha@example.com", composed).await);
    success(&login(&app, "asha@example.com", decomposed).await);
}

#[actix_web::test]
async fn addresses_are_compared_folded_and_stored_ones_get_their_keys() {
    let app = start("").await;
    let hash = hash_of(PASSWORD).await;
    for (id, email) in [(7, "jos\u{e9}@example.com"), (8, "jose\u{301}@example.com"), (9, "X@y.z")]
    {
        let user = json!({"id": id, "email": email, "password_hash": hash});
        app.seed("identity_user", &user).await;
        app.seed("identity_account", &json!({"id": id, "user_id": id})).await;
    }
    // Before they have keys everybody signs in as before.
    success(&login(&app, "x@Y.z", PASSWORD).await);
    let stores = Stores::open_as_owner(app.config.clone()).await.expect("stores open");
    let deadline = Instant::now() + Duration::from_secs(30);
    for _ in 0..2 {
        let session = UnitOfWork::new(stores.clone(), Arc::new(Caller::default()), deadline);
        let clashing = IdentityService::default().key_addresses(&session).await.expect("keyed");
        session.commit().await.expect("commits");
        assert_eq!(clashing, [(8, "jose\u{301}@example.com".to_owned())]);
    }
    let who = async |email: &str| {
        success(&login(&app, email, PASSWORD).await)["userClientAccount"]["userId"].clone()
    };
    assert_eq!(who("JOS\u{c9}@example.com").await, 7);
    assert_eq!(who("jose\u{301}@example.com").await, 8, "as it is stored");
    assert_eq!(who("x@y.Z").await, 9);
    assert_eq!(who("ASHA@EXAMPLE.COM").await, 42);
}
