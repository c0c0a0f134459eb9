//! Keyset pages as queries.

use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Order, SimpleExpr, Value};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::domain::page::PageRequest;

/// One page of `select` in the order of `columns`, which together are unique; one row more than wanted
/// says whether there is another page.
pub(super) fn slice<E, C, K>(
    mut select: Select<E>,
    columns: &[C],
    descending: bool,
    request: &PageRequest<K>,
    values: impl Fn(&K) -> Vec<Value>,
) -> Select<E>
where
    E: EntityTrait,
    C: IntoColumnRef + Copy,
{
    let tuple = |values: Vec<Value>| -> SimpleExpr { Expr::tuple(values.into_iter().map(Expr::val)) };
    let key = || -> SimpleExpr { Expr::tuple(columns.iter().map(|column| Expr::col(*column))) };
    if let Some(after) = &request.after {
        let place = tuple(values(after));
        select = select.filter(if descending { key().lt(place) } else { key().gt(place) });
    }
    if let Some(before) = &request.before {
        let place = tuple(values(before));
        select = select.filter(if descending { key().gt(place) } else { key().lt(place) });
    }
    let order = if descending == request.backward { Order::Asc } else { Order::Desc };
    for column in columns {
        select = select.order_by(Expr::col(*column), order.clone());
    }
    select.limit(u64::from(request.limit) + 1)
}

/// `%text%` with what LIKE would read otherwise taken literally.
pub(super) fn contains(text: &str) -> sea_orm::sea_query::LikeExpr {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    sea_orm::sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\')
}
