//! Who is asking. Built by the gateway from the session, never from a header that a client sent.

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use uuid::Uuid;

use super::capacity::{self, Lane};
use super::error::Error;
use super::types::Plan;

/// The platform's own partner: passes tenant checks, is never gated, masked or charged.
pub const PLATFORM_PARTNER: i64 = -1;

/// Identity of a request (or of a message), typed.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Tenant.
    pub partner_id: Option<i64>,
    /// Account within the tenant.
    pub account_id: Option<i64>,
    /// Person.
    pub user_id: Option<i64>,
    /// Name of the person; the user id where unknown.
    pub user_name: Option<Arc<str>>,
    /// Session that the caller signed in with; told to the identity service alone.
    pub session_id: Option<String>,
    /// Where a caller without token comes from: an address, of IPv6 its network.
    pub network: Option<IpAddr>,
    /// Device of an anonymous caller.
    pub device_id: Option<String>,
    /// Plan of the active contract.
    pub plan: Plan,
    /// Calling application.
    pub client_id: String,
    /// Kind of the calling application.
    pub client_type: Cow<'static, str>,
    /// One of `en`, `hi`, `bn`, `ta`, `te`.
    pub locale: &'static str,
    /// Id of the request, echoed to the client and in every log line.
    pub request_id: Uuid,
}

impl Caller {
    /// Whether the caller is the platform's own partner.
    pub fn is_admin(&self) -> bool {
        self.partner_id == Some(PLATFORM_PARTNER)
    }

    /// Tenant of the caller.
    ///
    /// # Errors
    /// The caller has none.
    pub fn partner(&self) -> Result<i64, Error> {
        self.partner_id.ok_or_else(Error::unauthorized)
    }

    /// Tenant and account of a signed-in user.
    ///
    /// # Errors
    /// One of the two is missing.
    pub fn user(&self) -> Result<(i64, i64), Error> {
        self.partner_id.zip(self.account_id).ok_or_else(Error::unauthorized)
    }

    /// Plan that gates and masks: `None` for the platform's own partner, which is never gated;
    /// a paid plan without a partner counts as `FREE`.
    pub fn gated_plan(&self) -> Option<Plan> {
        match self.partner_id {
            Some(PLATFORM_PARTNER) => None,
            Some(_) => Some(self.plan),
            None => Some(Plan::Free),
        }
    }

    /// `Authorization` value for a service behind the gateway: `Basic` and the standard base64 of
    /// `{user}~{name}~1~{account}:{user}` for a user, `{device}~{device}~0:{device}` for a device.
    ///
    /// `~` and `:` in names become blanks: as separators they would let a caller choose an account.
    pub fn internal_token(&self) -> Option<String> {
        let plain = |text: &str| text.replace(['~', ':'], " ");
        let text = if let Some(user) = self.user_id {
            let name = self.user_name.as_deref().map_or_else(|| user.to_string(), plain);
            let account = self.account_id.map(|account| format!("~{account}")).unwrap_or_default();
            format!("{user}~{name}~1{account}:{user}")
        } else {
            let device = plain(self.device_id.as_deref()?);
            format!("{device}~{device}~0:{device}")
        };
        let mut token = String::from("Basic ");
        BASE64.encode_string(text, &mut token);
        Some(token)
    }

    /// Account id for logs of activity; 0 where unknown.
    pub fn account_or_zero(&self) -> i64 {
        self.account_id.unwrap_or_default()
    }
}

/// Whom a route admits.
pub trait Admit: 'static {
    /// Name in the contract.
    const NAME: &'static str;
    /// Whether the gateway asks for a session.
    const NEEDS_SESSION: bool = true;

    /// Lets the caller pass.
    ///
    /// # Errors
    /// The refusal.
    fn admit(_: &Caller) -> Result<(), Error> {
        Ok(())
    }
}

/// Whoever has a client id: nobody has signed in yet.
pub struct Anyone;
/// Whoever has a session, also a device without partner.
pub struct SignedIn;
/// An account of a partner.
pub struct User;
/// Whoever has a partner.
pub struct Tenant;
/// The platform's own partner.
pub struct Platform;

impl Admit for Anyone {
    const NAME: &'static str = "anyone";
    const NEEDS_SESSION: bool = false;
}

impl Admit for SignedIn {
    const NAME: &'static str = "signed in";
}

impl Admit for User {
    const NAME: &'static str = "user";

    fn admit(caller: &Caller) -> Result<(), Error> {
        caller.user().map(drop)
    }
}

impl Admit for Tenant {
    const NAME: &'static str = "tenant";

    fn admit(caller: &Caller) -> Result<(), Error> {
        caller.partner().map(drop)
    }
}

impl Admit for Platform {
    const NAME: &'static str = "admin";

    fn admit(caller: &Caller) -> Result<(), Error> {
        if caller.is_admin() { Ok(()) } else { Err(Error::unauthorized()) }
    }
}

/// What the gateway leaves in a request that it let in.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Who is asking.
    pub caller: Arc<Caller>,
    /// When the request arrived.
    pub arrived_at: Instant,
    /// Which places to work it may have.
    pub lane: Lane,
    /// With whose requests it takes turns.
    pub tenant: capacity::Tenant,
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    /// Only the gateway puts a caller into a request; a route outside of it has none.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let caller = extensions.get::<Admission>().map(|admission| (*admission.caller).clone());
        ready(caller.ok_or_else(|| actix_web::error::ErrorUnauthorized("UnAuthorized Access")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(caller: &Caller) -> Option<String> {
        let token = caller.internal_token()?;
        let bytes = BASE64.decode(token.strip_prefix("Basic ").expect("scheme")).expect("base64");
        Some(String::from_utf8(bytes).expect("text"))
    }

    #[test]
    fn tokens_name_the_user_else_the_device() {
        let user = Caller { user_id: Some(1014), account_id: Some(55), ..Caller::default() };
        let token = user.internal_token();
        assert_eq!(token.as_deref(), Some("Basic MTAxNH4xMDE0fjF+NTU6MTAxNA=="));
        let named = Caller { user_name: Some("x~1~77:".into()), ..user.clone() };
        assert_eq!(text(&named).as_deref(), Some("1014~x 1 77 ~1~55:1014"));
        let alone = Caller { account_id: None, ..user };
        assert_eq!(text(&alone).as_deref(), Some("1014~1014~1:1014"));
        let device = Caller { device_id: Some("1~x~1~9:1".into()), ..Caller::default() };
        assert_eq!(text(&device).as_deref(), Some("1 x 1 9 1~1 x 1 9 1~0:1 x 1 9 1"));
        assert_eq!(Caller::default().internal_token(), None);
    }
}
