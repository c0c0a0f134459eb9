//! A set of keys, as an identity provider publishes it (JWKS, RFC 7517).

use std::sync::Arc;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;

use super::source::KeysError;

/// Keys of one set, those included that are of no use here.
pub const KEYS_MAX: usize = 100;
/// Bits of an RSA key, as RFC 7518 (3.3) asks for them.
const RSA_BITS_MIN: usize = 2_048;

/// A key, and the one algorithm that it is for.
pub(super) struct Key {
    pub algorithm: Algorithm,
    pub checking: DecodingKey,
}

impl Key {
    /// A shared secret. No published key is one.
    pub fn secret(secret: &[u8]) -> Self {
        Self { algorithm: Algorithm::HS256, checking: DecodingKey::from_secret(secret) }
    }
}

/// Keys that tokens are checked with.
#[derive(Default)]
pub(super) struct KeySet {
    keys: Vec<(Option<String>, Arc<Key>)>,
    /// How many were left out.
    pub ignored: usize,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys of a document that are of use. The others are left out, as RFC 7517 (5) asks for.
    pub fn read(document: &[u8]) -> Result<Self, KeysError> {
        let document: Document = serde_json::from_slice(document).map_err(|_| KeysError::Malformed)?;
        if document.keys.len() > KEYS_MAX {
            return Err(KeysError::TooMany);
        }
        let published = document.keys.len();
        let keys: Vec<_> = document.keys.into_iter().filter_map(usable).collect();
        Ok(Self { ignored: published - keys.len(), keys })
    }

    /// The key of this id. A token that names none can only mean the only one.
    pub fn find(&self, id: Option<&str>) -> Option<Arc<Key>> {
        let found = match (id, &self.keys[..]) {
            (Some(id), keys) => keys.iter().find(|(known, _)| known.as_deref() == Some(id)),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        found.map(|(_, key)| key.clone())
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }
}

/// The key, if signatures can be checked with it.
fn usable(key: Value) -> Option<(Option<String>, Arc<Key>)> {
    let key: Jwk = serde_json::from_value(key).ok()?;
    let about = &key.common;
    let is_for_signatures = matches!(about.public_key_use, None | Some(PublicKeyUse::Signature))
        && about.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    let algorithm = match &key.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        // A shared secret that is published is none.
        _ => return None,
    };
    let is_its_own = about.key_algorithm.is_none_or(|named| named == KeyAlgorithm::from(algorithm));
    let checking = DecodingKey::from_jwk(&key).ok()?;
    let is_long_enough = match checking.kind() {
        DecodingKeyKind::RsaModulusExponent { n, .. } => bits(n) >= RSA_BITS_MIN,
        DecodingKeyKind::SecretOrDer(_) => true,
    };
    let is_good = is_for_signatures && is_its_own && is_long_enough;
    is_good.then(|| (key.common.key_id, Arc::new(Key { algorithm, checking })))
}

fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    fn rsa(bits: usize) -> Value {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] >>= (8 - bits % 8) % 8;
        // Some write a zero in front, so that the number is not taken for a negative one.
        modulus.insert(0, 0);
        json!({ "kty": "RSA", "kid": "k", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB" })
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    fn read(keys: &[Value]) -> KeySet {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_key_has_the_algorithm_of_its_kind() {
        let point = |curve: &str| json!({ "kty": "EC", "kid": "k", "crv": curve, "x": "AA", "y": "AA" });
        let pair = |curve: &str| json!({ "kty": "OKP", "kid": "k", "crv": curve, "x": "AA" });
        for (key, algorithm) in [
            (rsa(2_048), Some(Algorithm::RS256)),
            (with(rsa(2_048), "alg", json!("RS256")), Some(Algorithm::RS256)),
            (with(rsa(2_048), "use", json!("sig")), Some(Algorithm::RS256)),
            (with(rsa(2_048), "key_ops", json!(["verify"])), Some(Algorithm::RS256)),
            (point("P-256"), Some(Algorithm::ES256)),
            (pair("Ed25519"), Some(Algorithm::EdDSA)),
            (rsa(2_047), None),
            (rsa(1_024), None),
            (with(rsa(2_048), "use", json!("enc")), None),
            (with(rsa(2_048), "key_ops", json!(["encrypt"])), None),
            (with(rsa(2_048), "alg", json!("RS512")), None),
            (with(rsa(2_048), "alg", json!("ES256")), None),
            (with(rsa(2_048), "alg", json!("HS256")), None),
            (with(rsa(2_048), "n", json!("%")), None),
            (with(point("P-256"), "alg", json!("RS256")), None),
            (point("P-384"), None),
            (point("Ed25519"), None),
            (pair("X25519"), None),
            (json!({ "kty": "oct", "kid": "k", "k": "c2VjcmV0" }), None),
            (json!({ "kty": "oct", "kid": "k", "k": "c2VjcmV0", "alg": "HS256", "use": "sig" }), None),
            (json!({ "kty": "new", "kid": "k" }), None),
            (json!("k"), None),
        ] {
            let set = read(std::slice::from_ref(&key));
            assert_eq!(set.find(Some("k")).map(|key| key.algorithm), algorithm, "{key}");
            assert_eq!(set.ignored, usize::from(algorithm.is_none()), "{key}");
        }
    }

    #[test]
    fn a_token_without_a_key_id_means_the_only_key() {
        let named = |id: &str| with(rsa(2_048), "kid", json!(id));
        assert!(read(&[named("a")]).find(None).is_some());
        assert!(read(&[named("a"), named("b")]).find(None).is_none());
        assert!(read(&[]).find(None).is_none());
        assert!(read(&[with(rsa(2_048), "kid", json!(null))]).find(Some("")).is_none());
    }

    #[test]
    fn a_document_has_so_many_keys_and_no_more() {
        assert_eq!(read(&vec![rsa(2_048); KEYS_MAX]).len(), KEYS_MAX);
        let more = json!({ "keys": vec![rsa(2_048); KEYS_MAX + 1] }).to_string();
        assert!(matches!(KeySet::read(more.as_bytes()), Err(KeysError::TooMany)));
        for malformed in ["", "{", "[]", "{}", r#"{"keys":{}}"#, "<html>"] {
            let outcome = KeySet::read(malformed.as_bytes());
            assert!(matches!(outcome, Err(KeysError::Malformed)), "{malformed}");
        }
    }
}
