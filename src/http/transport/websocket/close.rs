//! Why a socket is closed.

use std::borrow::Cow;

/// A close code and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub code: u16,
    pub reason: Cow<'static, str>,
}

impl Close {
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code, reason: reason.into() }
    }

    pub fn going_away() -> Self {
        Self::new(1001, "The server is shutting down")
    }

    pub fn silent() -> Self {
        Self::new(1001, "The pings were not answered")
    }

    pub fn too_slow() -> Self {
        Self::new(1013, "The messages were not taken")
    }

    pub fn too_many() -> Self {
        Self::new(1013, "Too many connections")
    }

    pub fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(4400, reason)
    }

    pub fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    pub fn forbidden() -> Self {
        Self::new(4403, "Forbidden")
    }

    pub fn expired() -> Self {
        Self::new(4403, "The token has ended")
    }

    pub fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub fn already_exists(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    pub fn too_many_inits() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// What a socket that cannot be read any more is closed with. Poem leaves nothing of the cause
    /// but its sentence.
    pub fn unreadable(error: &std::io::Error) -> Self {
        match error.to_string().contains("too long") {
            true => Self::new(1009, "The message is too long"),
            false => Self::new(1002, "The message cannot be read"),
        }
    }

    /// The reason, cut to what fits into a close frame.
    pub fn reason(&self, bytes_max: usize) -> &str {
        let mut end = self.reason.len().min(bytes_max);
        while !self.reason.is_char_boundary(end) {
            end -= 1;
        }
        &self.reason[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_and_is_not_cut_inside_a_character() {
        let close = Close::already_exists(&"ä".repeat(100));
        assert_eq!(close.reason(123).len(), 123);
        assert_eq!(close.reason(122).len(), 121);
        assert_eq!(Close::forbidden().reason(123), "Forbidden");
    }
}
