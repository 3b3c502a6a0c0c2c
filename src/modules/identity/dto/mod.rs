//! What routes and commands hand in, and what they are answered.

mod people;
mod sign_in;

pub use people::{NewSession, NewUser, UserRef};
pub use sign_in::{
    AuthOut, LoginIn, PartnerProfile, RefreshIn, SignedOutOut, UserClientAccount, VerifyIn, read,
};
