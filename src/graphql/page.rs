//! Relay pages.

use async_graphql::{Result, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::{Code, error};
use crate::domain::page::PageRequest;

/// Items on a page when none are asked for.
const DEFAULT: u32 = 50;
/// Items on a page, at most.
const MAX: i32 = 200;

/// The arguments of a page.
#[derive(Debug, Default)]
pub(super) struct PageArgs {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

/// Something that has a place in a list.
pub(super) trait Cursor: Sized {
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

/// Cursors look like what they are: not to be taken apart.
pub(super) fn encode(cursor: &impl Cursor) -> String {
    URL_SAFE_NO_PAD.encode(cursor.write())
}

impl PageArgs {
    pub fn request<K: Cursor>(&self) -> Result<PageRequest<K>> {
        let (count, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(error(Code::BadUserInput, "Ask for `first` or `last`, not for both."));
            }
            (first, None) => (first, false),
            (None, last) => (last, true),
        };
        let limit = match count {
            None => DEFAULT,
            Some(count @ 1..=MAX) => count.unsigned_abs(),
            Some(_) => {
                let name = if backward { "last" } else { "first" };
                return Err(error(Code::BadUserInput, format!("`{name}` is 1 to {MAX}.")));
            }
        };
        let after = self.after.as_deref().map(|cursor| read("after", cursor)).transpose()?;
        let before = self.before.as_deref().map(|cursor| read("before", cursor)).transpose()?;
        Ok(PageRequest { limit, after, before, backward })
    }
}

fn read<K: Cursor>(name: &str, cursor: &str) -> Result<K> {
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    // U+0000 is in no text that is stored, and PostgreSQL does not even compare it.
    text.filter(|text| !text.contains('\0')).and_then(|text| K::read(&text)).ok_or_else(|| {
        error(
            Code::BadUserInput,
            format!("`{name}` is not a cursor of this list. Take it from `pageInfo` or an edge."),
        )
    })
}

impl Cursor for u32 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|place| *place <= i32::MAX.unsigned_abs())
    }
}

/// Where a page lies in its list.
#[derive(Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether there are items behind the page.
    pub has_next_page: bool,
    /// Whether there are items before the page.
    pub has_previous_page: bool,
    /// The cursor of the first item, for `before`; null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last item, for `after`; null on an empty page.
    pub end_cursor: Option<String>,
}

/// A page of nodes with their cursors, as every connection shows it.
pub(super) struct Paged<T> {
    pub nodes: Vec<(String, T)>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<T> Paged<T> {
    pub fn of<I>(page: crate::domain::page::Page<I>, node: impl Fn(I) -> (String, T)) -> Self {
        let nodes = page.items.into_iter().map(node).collect();
        Self { nodes, has_next: page.has_next, has_previous: page.has_previous }
    }

    pub fn info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.nodes.first().map(|(cursor, _)| cursor.clone()),
            end_cursor: self.nodes.last().map(|(cursor, _)| cursor.clone()),
        }
    }
}

/// A connection type with its edge type; `$count` counts the whole list, only if asked.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $filter:ty, $count:expr, $what:literal) => {
        #[doc = concat!("A place in a list of ", $what, ".")]
        pub struct $edge {
            cursor: String,
            node: $node,
        }

        #[doc = concat!("A place in a list of ", $what, ".")]
        #[async_graphql::Object]
        impl $edge {
            /// The place: for `after` and `before`. It stays true while items come and go.
            async fn cursor(&self) -> &str {
                &self.cursor
            }

            /// What is there.
            async fn node(&self) -> &$node {
                &self.node
            }
        }

        #[doc = concat!("A page of a list of ", $what, ".")]
        pub struct $connection {
            pub(in crate::graphql) page: crate::graphql::page::Paged<$node>,
            pub(in crate::graphql) filter: $filter,
        }

        #[doc = concat!("A page of a list of ", $what, ".")]
        #[async_graphql::Object]
        impl $connection {
            /// The items with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                let edge =
                    |(cursor, node): &(String, $node)| $edge { cursor: cursor.clone(), node: node.clone() };
                self.page.nodes.iter().map(edge).collect()
            }

            /// The items.
            async fn nodes(&self) -> Vec<$node> {
                self.page.nodes.iter().map(|(_, node)| node.clone()).collect()
            }

            /// Where the page lies in the list.
            async fn page_info(&self) -> crate::graphql::page::PageInfo {
                self.page.info()
            }

            /// How many items the whole list has; counted only when asked for.
            async fn total_count(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::Result<i32> {
                let count: u64 = $count(ctx, &self.filter).await?;
                Ok(i32::try_from(count).unwrap_or(i32::MAX))
            }
        }
    };
}
pub(super) use connection;

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(first: Option<i32>, last: Option<i32>) -> Option<(u32, bool)> {
        let args = PageArgs { first, last, ..PageArgs::default() };
        args.request::<u32>().ok().map(|request| (request.limit, request.backward))
    }

    #[test]
    fn pages_are_bounded() {
        assert_eq!(limit(None, None), Some((50, false)));
        assert_eq!(limit(Some(200), None), Some((200, false)));
        assert_eq!(limit(None, Some(1)), Some((1, true)));
        for (first, last) in [(Some(0), None), (Some(201), None), (None, Some(-1)), (Some(1), Some(1))] {
            assert_eq!(limit(first, last), None, "{first:?} {last:?}");
        }
    }

    #[test]
    fn a_cursor_of_something_else_is_refused() {
        let at =
            |after: &str| PageArgs { after: Some(after.to_owned()), ..PageArgs::default() }.request::<u32>();
        assert_eq!(at(&encode(&7_u32)).map(|request| request.after).ok(), Some(Some(7)));
        for nonsense in ["", "!", "LTE", "eA"] {
            assert!(at(nonsense).is_err(), "{nonsense}");
        }
    }
}
