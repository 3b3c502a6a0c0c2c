//! Tokens that somebody made up, changed, or kept too long.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Utc;
use coffee::core::types::Plan;
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto};
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use super::authentication::{L1_HITS, redis_set, refused, sign};
use crate::support::{Answer, TestApp, send, session_of};

const ROUTE: &str = "/collection-group-service/api/group/1";

fn key(app: &TestApp) -> EncodingKey {
    EncodingKey::from_secret(&app.config.hmac_key().expect("a key"))
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token whose header says what it likes, signed with HMAC-SHA-256.
fn claiming(header: &Value, claims: &Value, key: &EncodingKey) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = crypto::sign(message.as_bytes(), key, Algorithm::HS256).expect("signs");
    format!("{message}.{signature}")
}

async fn ask(app: &TestApp, token: &str) -> Answer {
    app.with_token(token).get(ROUTE).await
}

/// Claims of a session that is in Redis.
async fn alive(app: &TestApp) -> Value {
    redis_set(app, "session:s").await;
    json!({"sid": "s", "uid": 1, "userAccountId": 5, "partnerId": 10})
}

#[actix_web::test]
async fn forged_and_damaged_tokens_are_refused() {
    let app = TestApp::start().await;
    let (claims, key) = (alive(&app).await, key(&app));
    let good = sign(&app, &claims);
    let [header, payload, signature] = [0, 1, 2].map(|n| good.split('.').nth(n).expect("parts"));
    let text_as_key = STANDARD.encode(app.config.hmac_key().expect("a key"));
    let with = |header: Value| claiming(&header, &claims, &key);
    let mut tokens = vec![
        // Somebody else's key, ours before it is decoded, and none.
        claiming(&json!({"alg": "HS256"}), &claims, &EncodingKey::from_secret(&[1; 32])),
        claiming(
            &json!({"alg": "HS256"}),
            &claims,
            &EncodingKey::from_secret(text_as_key.as_bytes()),
        ),
        claiming(&json!({"alg": "HS256"}), &claims, &EncodingKey::from_secret(b"")),
        // Our key under another name: what a server that trusts the header takes for RSA or ECDSA.
        with(json!({"alg": "RS256"})),
        with(json!({"alg": "PS256"})),
        with(json!({"alg": "ES256"})),
        with(json!({"alg": "EdDSA"})),
        // HMAC of another length than the header says.
        with(json!({"alg": "HS512"})),
        with(json!({"typ": "JWT"})),
        with(json!({"alg": 256})),
        // Extensions that must be understood.
        with(json!({"alg": "HS256", "crit": ["exp"], "exp": 1})),
        with(json!({"alg": "HS256", "crit": []})),
        with(json!([])),
        // Cut, lengthened, glued.
        good[..good.len() - 2].to_owned(),
        format!("{good}x"),
        format!("{good}="),
        format!("{good}.{signature}"),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{header}.{}.{signature}", part(&json!({"sid": "s", "uid": 2, "partnerId": 99}))),
        "a.b.c".to_owned(),
        "..".to_owned(),
        "x".repeat(5000),
    ];
    for none in ["none", "None", "NONE", "nOnE"] {
        let header = part(&json!({ "alg": none }));
        tokens.extend([format!("{header}.{payload}."), format!("{header}.{payload}.{signature}")]);
    }
    for token in tokens {
        refused(&ask(&app, &token).await);
    }
    assert_eq!(ask(&app, &good).await.code, 200, "the session is alive");
}

#[actix_web::test]
async fn every_hmac_of_the_family_is_accepted() {
    let app = TestApp::start().await;
    let (claims, key) = (alive(&app).await, key(&app));
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let token = jsonwebtoken::encode(&Header::new(algorithm), &claims, &key).expect("signs");
        assert_eq!(ask(&app, &token).await.code, 200, "{algorithm:?}");
    }
}

#[actix_web::test]
async fn times_and_ids_that_are_none_are_refused() {
    let app = TestApp::start().await;
    let mut claims = alive(&app).await;
    let now = Utc::now().timestamp();
    for (name, value) in [
        ("exp", json!(now - 1)),
        ("exp", json!("never")),
        ("exp", json!((now + 600).to_string())),
        ("exp", Value::Null),
        ("nbf", json!(now + 60)),
        ("iat", json!(now + 60)),
        ("iat", json!(true)),
        ("sid", json!("")),
        ("sid", json!(7)),
        ("sid", Value::Null),
        ("sid", json!("unknown")),
        ("partnerId", json!("x")),
        ("partnerId", json!([10])),
        ("userAccountId", json!({})),
        ("userAccountId", json!(1.5)),
    ] {
        let before = claims[name].clone();
        claims[name] = value.clone();
        let answer = ask(&app, &sign(&app, &claims)).await;
        assert_eq!(answer.code, 401, "{name} {value}");
        claims[name] = before;
        if claims[name].is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        }
    }
    // Clocks of two machines differ by some seconds.
    for name in ["nbf", "iat"] {
        claims[name] = json!(now + 20);
    }
    claims["exp"] = json!(now + 600);
    assert_eq!(ask(&app, &sign(&app, &claims)).await.code, 200);
}

#[actix_web::test]
async fn claims_of_any_script_are_read_as_they_are() {
    let app = TestApp::start().await;
    for sid in ["सत्र-१", "s\u{0000}x", "\u{202e}s", "s' OR '1'='1", "s\r\nDEL session:s"]
    {
        refused(&ask(&app, &sign(&app, &json!({"sid": sid, "uid": 1}))).await);
        app.redis::<()>("SET", &format!("session:{sid}"), &["1"]).await;
        let answer = ask(&app, &sign(&app, &json!({"sid": sid, "uid": 1}))).await;
        assert_eq!(answer.code, 200, "{sid:?}");
    }
    // Digits of other scripts are no number: nobody's session, and no partner at all.
    redis_set(&app, "session:s").await;
    let claims = json!({"sid": "s", "uid": "१०१४", "userAccountId": 5, "partnerId": 10});
    let answer = ask(&app, &sign(&app, &claims)).await;
    assert_eq!(answer.status().1, "you are not authorized to access this collection group");
    let claims = json!({"sid": "s", "uid": 1, "partnerId": "１０"});
    refused(&ask(&app, &sign(&app, &claims)).await);
}

#[actix_web::test]
async fn a_changed_token_does_not_profit_from_the_original_in_the_cache() {
    let app = TestApp::start().await;
    let good = app.token(10, Plan::Saas).await;
    for expected in [0.0, 1.0] {
        assert_eq!(ask(&app, &good).await.code, 200);
        assert_eq!(app.metric(L1_HITS).await, expected);
    }
    let mut parts: Vec<&str> = good.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).expect("base64");
    let mut claims: Value = serde_json::from_slice(&claims).expect("claims");
    claims["partnerId"] = json!(99);
    let (other, header) = (part(&claims), part(&json!({"alg": "none"})));
    let changed =
        [[parts[0], &other, parts[2]], [&header, parts[1], parts[2]], [&header, &other, parts[2]]];
    for changed in changed {
        refused(&ask(&app, &changed.join(".")).await);
    }
    let cut = &parts[2][..parts[2].len() - 1];
    parts[2] = cut;
    refused(&ask(&app, &parts.join(".")).await);
    assert_eq!(app.metric(L1_HITS).await, 1.0, "none of them was found");
    assert_eq!(ask(&app, &good).await.code, 200);
}

#[actix_web::test]
async fn no_token_of_a_session_outlives_its_end() {
    let app = TestApp::start().await;
    app.until_listening(true).await;
    let issued = app.token(10, Plan::Saas).await;
    let claims = json!({"sid": session_of(&issued), "uid": 1001, "userAccountId": 101});
    let sibling = sign(&app, &claims);
    for hits in [0.0, 2.0] {
        assert_eq!(ask(&app, &issued).await.code, 200);
        assert_eq!(ask(&app, &sibling).await.code, 200);
        assert_eq!(app.metric(L1_HITS).await, hits);
    }
    let logout = "/identity-service/api/auth/logout";
    let ended = app.with_token(issued.as_str()).post(logout, &json!({})).await;
    assert_eq!(ended.json()["status"]["type"], "SUCCESS", "{}", ended.text);
    for token in [&issued, &sibling, &issued] {
        refused(&ask(&app, token).await);
    }
}

#[actix_web::test]
async fn an_end_before_1970_is_over_and_one_beyond_all_calendars_is_far_away() {
    let app = TestApp::start().await;
    app.until_listening(true).await;
    let mut claims = alive(&app).await;
    for past in [json!(-1), json!(-1e308), json!(i64::MIN)] {
        claims["exp"] = past;
        refused(&ask(&app, &sign(&app, &claims)).await);
    }
    // The life of a key that is written back is computed from the end of the token.
    let unknown_to_redis = session_of(&app.token(10, Plan::Saas).await);
    let key = format!("session:{unknown_to_redis}");
    for far in [json!(1e308), json!(1.5e12), json!(9_223_372_036_854_775_808_u64)] {
        claims["exp"] = far.clone();
        for sid in ["s", unknown_to_redis.as_str()] {
            claims["sid"] = json!(sid);
            let token = sign(&app, &claims);
            for _ in 0..2 {
                assert_eq!(ask(&app, &token).await.code, 200, "{far} {sid}");
            }
        }
        let left: i64 = app.redis("TTL", &key, &[]).await;
        assert!((1..=60).contains(&left), "{far}: {left}");
        assert_eq!(app.redis::<i64>("DEL", &key, &[]).await, 1);
    }
    assert_eq!(app.metric("coffee_panics_total").await, 0.0);
}

#[actix_web::test]
async fn a_user_id_may_be_a_truth_value() {
    let app = TestApp::start().await;
    let mut claims = alive(&app).await;
    for (uid, message) in [
        (true, "invalid Record Id - 1"),
        (false, "you are not authorized to access this collection group"),
    ] {
        claims["uid"] = json!(uid);
        let answer = ask(&app, &sign(&app, &claims)).await;
        assert_eq!((answer.code.as_u16(), answer.status().1.as_str()), (200, message), "{uid}");
    }
}

#[actix_web::test]
async fn deeply_nested_tokens_are_refused() {
    let app = TestApp::start().await;
    let (claims, key) = (alive(&app).await, key(&app));
    let nested = |depth: usize| (0..depth).fold(json!(1), |inside, _| Value::Array(vec![inside]));
    for (depth, code) in [(20, 200), (200, 401)] {
        let header = json!({"alg": "HS256", "x": nested(depth)});
        let answer = ask(&app, &claiming(&header, &claims, &key)).await;
        assert_eq!(answer.code.as_u16(), code, "a header of {depth}");
        let mut deep = claims.clone();
        deep["x"] = nested(depth);
        assert_eq!(ask(&app, &sign(&app, &deep)).await.code.as_u16(), code, "claims of {depth}");
    }
}

#[actix_web::test]
async fn headers_without_readable_text_are_refused() {
    let app = TestApp::start().await;
    let good = sign(&app, &alive(&app).await);
    let client = app.with_token(good.as_str());
    let unnamed = client.without_client_id().request(Method::GET, ROUTE);
    refused(&send(unnamed.header("x-bb-clientid", "")).await);
    let nobody = app.anonymous();
    for value in [
        b"Bearer \xff\xfe".to_vec(),
        [&b"Bearer "[..], good.as_bytes(), b"\xff"].concat(),
        [&b"\xff "[..], good.as_bytes()].concat(),
    ] {
        let value = HeaderValue::from_bytes(&value).expect("a value");
        let request = nobody.request(Method::GET, ROUTE);
        refused(&send(request.header("authorization", value)).await);
    }
    assert_eq!(client.get(ROUTE).await.code, 200, "the token itself is good");
}

#[actix_web::test]
async fn a_token_larger_than_a_head_may_be_reaches_nobody() {
    let app = TestApp::start().await;
    let token = "x".repeat(1 << 20);
    let request = app.with_token(token).request(Method::GET, ROUTE).send().await;
    // The server may close the connection while the request is still on its way.
    if let Ok(answer) = request {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    assert_eq!(send(app.anonymous().request(Method::GET, ROUTE)).await.code, 401, "it lives on");
}
