//! Keys of an identity provider. They are made when they are first needed, and belong to nobody.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use aws_lc_rs::{encoding::AsDer, encoding::PublicKeyX509Der};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key, and what it is for.
pub enum Signer {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Making one takes a second, so that all tests share these two.
pub static RSA: LazyLock<Signer> = LazyLock::new(rsa);
pub static OTHER_RSA: LazyLock<Signer> = LazyLock::new(rsa);

fn rsa() -> Signer {
    Signer::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
}

pub fn p256() -> Signer {
    Signer::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

pub fn ed25519() -> Signer {
    Signer::Ed25519(Ed25519KeyPair::generate().unwrap())
}

impl Signer {
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
            Self::Ed25519(_) => "EdDSA",
        }
    }

    /// As it is published.
    pub fn jwk(&self, id: &str) -> Value {
        let mut key = match self {
            Self::Rsa(key) => {
                let number =
                    |number: aws_lc_rs::io::Positive<'_>| base64(number.big_endian_without_leading_zero());
                let public = key.public_key();
                json!({ "kty": "RSA", "n": number(public.modulus()), "e": number(public.exponent()) })
            }
            Self::P256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": base64(x), "y": base64(y) })
            }
            Self::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": base64(key.public_key().as_ref()) })
            }
        };
        key["kid"] = json!(id);
        key
    }

    /// The public key of an RSA pair, as files have it: DER of PKCS#1, DER with its kind (SPKI), and that as PEM.
    pub fn public_files(&self) -> [Vec<u8>; 3] {
        let Self::Rsa(key) = self else { panic!("no RSA") };
        let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()).unwrap().as_ref().to_vec();
        let text = base64::engine::general_purpose::STANDARD.encode(&spki);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
        [key.public_key().as_ref().to_vec(), spki, pem.into_bytes()]
    }

    fn sign_by(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    "RS512" => &RSA_PKCS1_SHA512,
                    "PS256" => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(encoding, &random, message, &mut signature).unwrap();
                signature
            }
            Self::P256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// A token with this header, whatever it says.
    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let algorithm = header["alg"].as_str().unwrap_or_default();
        format!("{message}.{}", base64(self.sign_by(algorithm, message.as_bytes())))
    }

    pub fn token(&self, id: &str, claims: &Value) -> String {
        self.token_with(&json!({ "typ": "JWT", "alg": self.algorithm(), "kid": id }), claims)
    }
}

/// A token that is signed with a secret, or with what somebody takes for one.
pub fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let message = message(header, claims);
    let mut signer = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    signer.update(message.as_bytes());
    format!("{message}.{}", base64(signer.finalize().into_bytes()))
}

pub fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string()), base64(claims.to_string()))
}
