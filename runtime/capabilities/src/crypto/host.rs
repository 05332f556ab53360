use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use super::password;
use crate::CallState;
use crate::bindings::caisson::module::crypto::{Algorithm, Error, Host};
use crate::meter::Exhausted;
use crate::trace::Outcome;

const RANDOM_MAX: u32 = 4096;

impl From<Exhausted> for Error {
    fn from(exhausted: Exhausted) -> Self {
        Error::Budget(exhausted.to_string())
    }
}

/// Runs one function, charged for its bytes, and puts it on the trace without a word of what it was given.
macro_rules! charged {
    ($state:ident, $name:literal, $bytes:expr, $work:expr) => {{
        let since = $state.enter()?;
        let result: Result<_, Error> = $state.charged($bytes).and_then(|()| $work);
        $state.exit($name, since, Outcome::of(&result), None);
        Ok(result)
    }};
}

impl Host for CallState {
    fn encrypt(&mut self, plain: Vec<u8>) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        charged!(self, "crypto.encrypt", plain.len(), Ok(self.host.vault.seal(&self.purpose(), &plain)))
    }

    fn decrypt(&mut self, sealed: Vec<u8>) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        charged!(self, "crypto.decrypt", sealed.len(), {
            let opened = self.host.vault.open(&self.purpose(), &sealed);
            opened.map(|plain| plain.expose().clone()).map_err(|_| Error::Corrupt)
        })
    }

    fn digest(&mut self, algorithm: Algorithm, data: Vec<u8>) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        charged!(
            self,
            "crypto.digest",
            data.len(),
            Ok(match algorithm {
                Algorithm::Sha1 => sha1::Sha1::digest(&data).to_vec(),
                Algorithm::Sha256 => Sha256::digest(&data).to_vec(),
                Algorithm::Sha384 => Sha384::digest(&data).to_vec(),
                Algorithm::Sha512 => Sha512::digest(&data).to_vec(),
            })
        )
    }

    fn hmac(
        &mut self,
        algorithm: Algorithm,
        secret: String,
        data: Vec<u8>,
    ) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        charged!(self, "crypto.hmac", data.len(), {
            match self.behind.settings.secrets.get(&secret) {
                // An empty key would sign for everybody.
                Some(key) if !key.expose().is_empty() => Ok(sign(algorithm, key.expose().as_bytes(), &data)),
                _ => Err(Error::Missing(secret)),
            }
        })
    }

    fn equal(&mut self, a: Vec<u8>, b: Vec<u8>) -> wasmtime::Result<bool> {
        let since = self.enter()?;
        // It has no way to say that the budget is used up, and its answer must not be wrong.
        self.meter.crypto(a.len().max(b.len()))?;
        let equal = a.ct_eq(&b).into();
        self.exit("crypto.equal", since, Outcome::Ok, None);
        Ok(equal)
    }

    fn random(&mut self, length: u32) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        charged!(self, "crypto.random", length.min(RANDOM_MAX) as usize, {
            if length > RANDOM_MAX {
                Err(Error::Invalid(format!(
                    "{length} bytes were asked for; at most {RANDOM_MAX} are given at once"
                )))
            } else {
                let mut bytes = vec![0; length as usize];
                rand::Rng::fill_bytes(&mut rand::rng(), &mut bytes);
                Ok(bytes)
            }
        })
    }

    fn password(&mut self, length: u32) -> wasmtime::Result<Result<String, Error>> {
        charged!(self, "crypto.password", length.min(128) as usize, {
            if (8..=128).contains(&length) {
                Ok(password::generate(length as usize))
            } else {
                Err(Error::Invalid(format!(
                    "a password of {length} characters was asked for; it may have 8 to 128"
                )))
            }
        })
    }

    fn uuid(&mut self) -> wasmtime::Result<String> {
        let since = self.enter()?;
        let id = uuid::Uuid::now_v7().to_string();
        self.exit("crypto.uuid", since, Outcome::Ok, None);
        Ok(id)
    }
}

impl CallState {
    fn charged(&mut self, bytes: usize) -> Result<(), Error> {
        self.meter.crypto(bytes).map_err(Error::from)
    }

    pub(crate) fn purpose(&self) -> String {
        super::purpose(&self.behind.module)
    }
}

fn sign(algorithm: Algorithm, key: &[u8], data: &[u8]) -> Vec<u8> {
    macro_rules! hmac {
        ($digest:ty) => {
            // HMAC takes keys of any length; the error exists for other constructions.
            Hmac::<$digest>::new_from_slice(key)
                .map(|mac| mac.chain_update(data).finalize().into_bytes().to_vec())
                .unwrap_or_default()
        };
    }
    match algorithm {
        Algorithm::Sha1 => hmac!(sha1::Sha1),
        Algorithm::Sha256 => hmac!(Sha256),
        Algorithm::Sha384 => hmac!(Sha384),
        Algorithm::Sha512 => hmac!(Sha512),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_match_rfc_4231_case_2() {
        let mac = sign(Algorithm::Sha256, b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex::encode(mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
