//! AES-256-GCM around the token file: a mark, a fresh nonce, and the sealed bytes.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use secrecy::{ExposeSecret, SecretSlice};

const MARK: &[u8] = b"retitle1";

/// Seals; fails only if the key has a wrong length.
pub(super) fn seal(key: &SecretSlice<u8>, plain: &[u8]) -> Option<Vec<u8>> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose_secret()).ok()?;
    let mut sealed = plain.to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from(MARK), &mut sealed).ok()?;
    Some([MARK, nonce.as_ref(), &sealed].concat())
}

/// Opens; `None` for another key, another format, or a changed byte.
pub(super) fn open(key: &SecretSlice<u8>, file: &[u8]) -> Option<Vec<u8>> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose_secret()).ok()?;
    let (nonce, sealed) = file.strip_prefix(MARK)?.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    key.open_in_place(nonce, Aad::from(MARK), &mut sealed).ok().map(|plain| plain.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_the_same_bytes_open_it() {
        let key = |byte: u8| SecretSlice::from(vec![byte; 32]);
        let sealed = seal(&key(1), b"MARKER").unwrap();
        assert_eq!(open(&key(1), &sealed).as_deref(), Some(&b"MARKER"[..]));
        assert_ne!(sealed, seal(&key(1), b"MARKER").unwrap(), "the nonce is fresh each time");
        assert!(!sealed.windows(6).any(|w| w == b"MARKER"));
        assert_eq!(open(&key(2), &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key(1), &changed), None, "byte {at}");
        }
        assert_eq!(open(&key(1), b""), None);
        assert_eq!(seal(&SecretSlice::from(vec![1; 5]), b"x"), None);
    }
}
