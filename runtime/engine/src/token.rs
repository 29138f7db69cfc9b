//! Replay tokens: an evaluation as a text that can be kept in a ticket, a mail or an archive.
//!
//! The token holds the digest of the package, the fingerprint of the answer and the whole canonical request, so that
//! nothing but the package is needed to decide again. It proves nothing about who made it; the checksum is there against
//! mistyping, not against forging.
//!
//! `qr1.` and then base64url (RFC 4648, without padding) of: digest of the package (32 bytes), fingerprint of the answer
//! (32), the canonical request deflated (RFC 1951), the first 8 bytes of the SHA-256 of everything before.

use std::borrow::Borrow;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{DecompressError, TINFLStatus, decompress_to_vec_with_limit};
use quo_model::{Digest, Package};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::evaluate::{EvaluateError, Evaluation, evaluate};
use crate::fingerprint::{canonical_json, from_hash, hash_of};
use crate::limits::Limits;
use crate::request::REQUEST_BYTES_MAX;

const PREFIX: &str = "qr1.";
const CHECKSUM_LEN: usize = 8;
const HASH_LEN: usize = 32;
/// Deflate's usual trade of time for size.
const COMPRESSION_LEVEL: u8 = 6;
/// Base64 of a request of the largest size that does not compress at all, with room for its frame.
const TOKEN_CHARS_MAX: usize = REQUEST_BYTES_MAX * 3 / 2;

/// A replay token taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayToken {
    package: Digest,
    answer: [u8; HASH_LEN],
    request: Vec<u8>,
}

/// Why a text is no replay token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It begins otherwise.
    #[error("a replay token begins with `{PREFIX}`")]
    Prefix,
    /// It is longer than any token.
    #[error("the replay token is longer than {TOKEN_CHARS_MAX} characters")]
    TooLong,
    /// It has characters that no token has, or lacks some.
    #[error("the replay token is cut off or has foreign characters")]
    Encoding,
    /// Its checksum is another one.
    #[error("the replay token was changed or mistyped: its checksum does not match")]
    Checksum,
    /// The request in it cannot be unpacked.
    #[error("the request in the replay token cannot be unpacked")]
    Packing,
    /// The request in it is longer than a request may be.
    #[error("the request in the replay token is longer than {REQUEST_BYTES_MAX} bytes")]
    RequestTooLong,
}

impl ReplayToken {
    pub(crate) fn new(package: Digest, answer_fingerprint: &str, canonical: &Value) -> Self {
        Self {
            package,
            answer: hash_of(answer_fingerprint),
            request: canonical_json(canonical),
        }
    }

    /// Reads a token, surrounding white space aside.
    ///
    /// # Errors
    /// [`TokenError`] for anything that [`evaluate`] did not write.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(TokenError::Prefix)?;
        if encoded.len() > TOKEN_CHARS_MAX {
            return Err(TokenError::TooLong);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|_| TokenError::Encoding)?;
        let (body, sum) = bytes
            .split_last_chunk::<CHECKSUM_LEN>()
            .ok_or(TokenError::Encoding)?;
        if checksum(body) != *sum {
            return Err(TokenError::Checksum);
        }
        let (package, rest) = body
            .split_first_chunk::<HASH_LEN>()
            .ok_or(TokenError::Encoding)?;
        let (answer, packed) = rest
            .split_first_chunk::<HASH_LEN>()
            .ok_or(TokenError::Encoding)?;
        let request = decompress_to_vec_with_limit(packed, REQUEST_BYTES_MAX).map_err(unpacking)?;
        Ok(Self {
            package: Digest(*package),
            answer: *answer,
            request,
        })
    }

    /// Digest of the package that decided.
    #[must_use]
    pub fn package(&self) -> Digest {
        self.package
    }

    /// Fingerprint of the answer that was given.
    #[must_use]
    pub fn answer_fingerprint(&self) -> String {
        from_hash(&self.answer)
    }

    /// The request in canonical form, as JSON.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.request
    }
}

impl fmt::Display for ReplayToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut body = Vec::new();
        body.extend_from_slice(&self.package.0);
        body.extend_from_slice(&self.answer);
        body.extend_from_slice(&compress_to_vec(&self.request, COMPRESSION_LEVEL));
        let sum = checksum(&body);
        body.extend_from_slice(&sum);
        write!(f, "{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(body))
    }
}

impl FromStr for ReplayToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        Self::parse(text)
    }
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM_LEN] {
    let hash: [u8; HASH_LEN] = Sha256::digest(body).into();
    let [a, b, c, d, e, f, g, h, ..] = hash;
    [a, b, c, d, e, f, g, h]
}

fn unpacking(error: DecompressError) -> TokenError {
    match error.status {
        TINFLStatus::HasMoreOutput => TokenError::RequestTooLong,
        _ => TokenError::Packing,
    }
}

/// A repeated evaluation.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The evaluation on the package of the token.
    pub evaluation: Evaluation,
    /// Whether the answer is, byte for byte, the one the token was made for.
    pub same: bool,
}

/// Why an evaluation could not be repeated.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The text is no replay token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The package is not to be had.
    #[error("package `{digest}` cannot be opened: {source}")]
    Package {
        /// The package the token names.
        digest: Digest,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Another package came back than the token names.
    #[error("package `{wanted}` was asked for and `{found}` came back")]
    WrongPackage {
        /// The package the token names.
        wanted: Digest,
        /// The package that came back.
        found: Digest,
    },
    /// The request of the token has no decision on the package of the token.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
}

/// Repeats the evaluation of a token on the package it names, which `find` brings.
///
/// # Errors
/// [`ReplayError`]; another answer is not an error but [`Replay::same`].
pub fn replay<P, E>(
    token: &str,
    find: impl FnOnce(Digest) -> Result<P, E>,
    limits: &Limits<'_>,
) -> Result<Replay, ReplayError>
where
    P: Borrow<Package>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let token = ReplayToken::parse(token)?;
    let wanted = token.package();
    let package = find(wanted).map_err(|error| ReplayError::Package {
        digest: wanted,
        source: error.into(),
    })?;
    let package = package.borrow();
    let found = package.digest();
    if found != wanted {
        return Err(ReplayError::WrongPackage { wanted, found });
    }
    let evaluation = evaluate(package, token.request(), limits)?;
    Ok(Replay {
        same: evaluation.answer_fingerprint == token.answer_fingerprint(),
        evaluation,
    })
}
