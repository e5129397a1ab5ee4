//! Requests and replies, free of any transport.

use serde_json::Value;

/// What came in.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub(super) version: String,
    pub(super) method: String,
    /// Path and query as they came, percent-encoding and all.
    pub(super) target: String,
    /// Names in lower case, in the order in which they came.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("")
    }

    /// The path's segments, decoded one by one, so that an encoded slash stays inside its segment.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path().trim_start_matches('/').split('/').map(decode).collect()
    }

    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?').map_or("", |(_, q)| q);
        pairs(query.as_bytes()).into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    pub(super) fn form(&self, name: &str) -> Option<String> {
        pairs(&self.body).into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }
}

fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

fn decode(segment: &str) -> String {
    let as_query = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    pairs(as_query.as_bytes()).into_iter().next().map(|(name, _)| name).unwrap_or_default()
}

/// How the answer leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Delivery {
    #[default]
    Whole,
    /// The connection is closed without a byte.
    Reset,
    /// The connection is closed in the middle of the body.
    Cut,
}

/// What goes out.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delivery: Delivery,
    /// Milliseconds to wait first.
    pub(super) delay: u64,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string().into_bytes())
    }

    pub(super) fn html(status: u16, body: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", body.into_bytes())
    }

    fn new(status: u16, kind: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type".into(), kind.into()), ("cache-control".into(), "no-store".into())];
        Self { status, headers, body, delivery: Delivery::Whole, delay: 0 }
    }

    /// With another value in its JSON object.
    pub(super) fn saying(mut self, name: &str, value: Value) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        if let Some(map) = body.as_object_mut() {
            map.insert(name.to_owned(), value);
        }
        self.body = body.to_string().into_bytes();
        self
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}
