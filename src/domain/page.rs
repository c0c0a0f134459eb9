//! Pages by keyset: a place in an order, not a number of rows, so that they stay true while rows come
//! and go.

/// Which page of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// Items on the page, at most.
    pub limit: u32,
    /// Only items behind this place.
    pub after: Option<K>,
    /// Only items before this place.
    pub before: Option<K>,
    /// Whether the page is the last one of those items, not the first.
    pub backward: bool,
}

/// A page of a list, always in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether there are items behind the last one.
    pub has_next: bool,
    /// Whether there are items before the first one.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// From what a query found when it asked for one item more than `request` wants, in the direction in
    /// which it asked.
    #[must_use]
    pub fn from_found<K>(mut found: Vec<T>, request: &PageRequest<K>) -> Self {
        let more = found.len() > request.limit as usize;
        found.truncate(request.limit as usize);
        if request.backward {
            found.reverse();
            Self { items: found, has_next: request.before.is_some(), has_previous: more }
        } else {
            Self { items: found, has_next: more, has_previous: request.after.is_some() }
        }
    }

    /// The same with each item made into something else.
    #[must_use]
    pub fn map<U>(self, into: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(into).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}
