//! Blocks and walks through them, held against a list of the actions.

use uuid::Uuid;

use super::*;
use crate::domain::action::{FieldChange, PlannedAction, ProfileAction};
use crate::domain::id::{ImportId, MemberId, PlanId, TenantId};
use crate::domain::page::PageRequest;
use crate::domain::plan::books::Books;
use crate::domain::plan::fingerprint::Fingerprinter;
use crate::domain::timestamp::Timestamp;
use crate::store::{NewPlan, PlanBasis, Store};

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const ADA: UserId = UserId(Uuid::from_u128(2));
const BEN: UserId = UserId(Uuid::from_u128(3));

fn planned(number: u32) -> PlannedAction {
    let kind = ActionKind::ALL[(number % 7 % 5) as usize];
    let member = |number: u32| MemberId(Uuid::from_u128(u128::from(number) + 100));
    let fields = ["first_name", "location"];
    let field = fields[(number % 11 % 2) as usize].to_owned();
    PlannedAction {
        kind,
        member: (kind != ActionKind::Create).then(|| member(number)),
        row_number: (kind != ActionKind::Delete).then_some(number + 1),
        member_name: format!("Ångström {number}"),
        member_email: (!number.is_multiple_of(3)).then(|| format!("m{number}@example.org")),
        member_unique_id: None,
        changes: vec![FieldChange(field, None, Some(format!("a \"line\"\nof {number}")))],
        warnings: Vec::new(),
        frees_email: kind == ActionKind::Update,
        takes_email_from: (number == 5).then(|| member(1)),
    }
}

async fn store(folder: &std::path::Path) -> Store {
    let url = format!("sqlite://{}/muster.db?mode=rwc", folder.display());
    let store = Store::connect(&url, 0, Uuid::nil()).await.unwrap();
    store.migrate_up().await.unwrap();
    store
}

fn packed(actions: &[PlannedAction]) -> ActionBlocks {
    let mut packer = ActionPacker::default();
    actions.iter().for_each(|action| packer.push(action).unwrap());
    packer.finish()
}

async fn write(store: &Store, plan: PlanId, actions: &[PlannedAction]) {
    let tx = store.begin_unlocked().await.unwrap();
    let basis = PlanBasis { roster_version: 0, fields: String::new() };
    let new = NewPlan { id: plan, import: ImportId(plan.0), basis, created_at: Timestamp(0) };
    tx.insert_plan(TENANT, &new).await.unwrap();
    tx.insert_actions(plan, 0, packed(actions)).await.unwrap();
    let mut books = Books::default();
    actions.iter().for_each(|action| books.count_action(action.kind));
    tx.finish_plan(TENANT, plan, &books, None).await.unwrap();
    let _ = tx.commit().await.unwrap();
}

/// What the list is to say.
fn is_shown(action: &ProfileAction, filter: &ActionFilter) -> bool {
    let planned = &action.planned;
    let is_one = |fields: &Vec<String>| planned.changes.iter().any(|change| fields.contains(&change.0));
    let key = format!("{}\n{}", planned.member_name, planned.member_email.as_deref().unwrap_or_default());
    filter.kind.as_ref().is_none_or(|kinds| kinds.contains(&planned.kind))
        && filter.decision.as_ref().is_none_or(|decisions| decisions.contains(&action.decision))
        && filter.decided_by.is_none_or(|by| action.decided.is_some_and(|(who, _)| who == by))
        && filter.changed_field.as_ref().is_none_or(is_one)
        && filter.has_warnings.is_none_or(|has| has != planned.warnings.is_empty())
        && filter.search.as_ref().is_none_or(|text| key.to_lowercase().contains(&text.to_lowercase()))
}

fn filters() -> Vec<ActionFilter> {
    let all = ActionFilter::default;
    vec![
        all(),
        ActionFilter { kind: Some(vec![ActionKind::Delete]), ..all() },
        ActionFilter { kind: Some(vec![]), ..all() },
        ActionFilter { decision: Some(vec![Decision::Pending]), ..all() },
        ActionFilter { decision: Some(vec![Decision::Approved, Decision::Rejected]), ..all() },
        ActionFilter { decided_by: Some(BEN), ..all() },
        ActionFilter { changed_field: Some(vec!["location".to_owned()]), ..all() },
        ActionFilter { has_warnings: Some(true), ..all() },
        ActionFilter { search: Some("ÅNGSTRÖM 24".to_owned()), ..all() },
        ActionFilter { search: Some("nobody".to_owned()), ..all() },
        ActionFilter {
            kind: Some(vec![ActionKind::Update, ActionKind::Create]),
            decision: Some(vec![Decision::Approved]),
            changed_field: Some(vec!["first_name".to_owned(), "other".to_owned()]),
            search: Some("m1".to_owned()),
            ..all()
        },
    ]
}

async fn page(
    store: &Store,
    plan: PlanId,
    filter: &ActionFilter,
    request: PageRequest<u32>,
) -> Vec<ProfileAction> {
    store.action_page(TENANT, plan, filter, &request).await.unwrap().items
}

#[tokio::test]
async fn each_page_of_each_filter_is_what_a_list_of_all_shows() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let plan = PlanId(Uuid::from_u128(9));
    let actions: Vec<PlannedAction> = (0..2_500).map(planned).collect();
    write(&store, plan, &actions).await;
    let positions = ActionTarget::Positions(vec![0, 3, 999, 1_000, 2_499]);
    let search = ActionFilter { search: Some("7".to_owned()), ..ActionFilter::default() };
    for (target, decision, by, changed) in [
        (&positions, Decision::Rejected, ADA, 5),
        (&ActionTarget::Filter(search), Decision::Approved, BEN, 637),
        (&positions, Decision::Rejected, BEN, 0),
        (&ActionTarget::Positions(vec![2_499]), Decision::Pending, BEN, 1),
    ] {
        let tx = store.begin_unlocked().await.unwrap();
        let count = tx.decide(TENANT, plan, target, decision, by, Timestamp(7)).await.unwrap();
        assert_eq!(count, changed, "{target:?}");
        let _ = tx.commit().await.unwrap();
    }
    let places: Vec<u32> = (0..2_500).collect();
    let all = store.actions(TENANT, plan, &places).await.unwrap();
    assert_eq!(all.iter().map(|action| action.planned.clone()).collect::<Vec<_>>(), actions);
    assert_eq!(all[999].decided, Some((ADA, Timestamp(7))));
    for filter in filters() {
        let shown: Vec<_> = all.iter().filter(|action| is_shown(action, &filter)).cloned().collect();
        assert_eq!(
            store.action_count(TENANT, plan, &filter).await.unwrap(),
            shown.len() as u64,
            "{filter:?}"
        );
        for (after, before) in [(None, None), (Some(998), None), (None, Some(1_001)), (Some(5), Some(2_400))]
        {
            let within = shown.iter().filter(|action| {
                let place = action.id.position;
                after.is_none_or(|after| place > after) && before.is_none_or(|before| place < before)
            });
            let within: Vec<_> = within.cloned().collect();
            for limit in [1, 40, 3_000] {
                let request = |backward| PageRequest { limit, after, before, backward };
                let many = within.len().min(limit as usize);
                let (first, last) = (&within[..many], &within[within.len() - many..]);
                assert_eq!(page(&store, plan, &filter, request(false)).await, first, "{filter:?} {limit}");
                assert_eq!(page(&store, plan, &filter, request(true)).await, last, "{filter:?} {limit}");
            }
        }
    }
    let counts = store.plan_counts(TENANT, plan).await.unwrap();
    let approvals = store.approvals(TENANT, &[plan]).await.unwrap();
    for count in counts {
        let of_kind = |decision| {
            let of_kind = all.iter().filter(|action| action.planned.kind == count.kind);
            of_kind.filter(|action| action.decision == decision).count() as u32
        };
        assert_eq!(
            (count.approved, count.rejected),
            (of_kind(Decision::Approved), of_kind(Decision::Rejected))
        );
        let approved = approvals.iter().filter(|approval| approval.kind == count.kind);
        assert_eq!(approved.map(|approval| approval.count).sum::<u32>(), count.approved);
    }
    // The decisions go along to a plan that says the same in another order, and to nothing else.
    let mut other: Vec<PlannedAction> = actions.iter().rev().cloned().collect();
    other[0].changes[0].2 = None;
    let carried = PlanId(Uuid::from_u128(10));
    write(&store, carried, &other).await;
    let tx = store.begin_unlocked().await.unwrap();
    tx.carry_decisions(TENANT, plan, carried, Fingerprinter::new(1)).await.unwrap();
    let _ = tx.commit().await.unwrap();
    let after = store.actions(TENANT, carried, &places).await.unwrap();
    let decided = |actions: &[ProfileAction]| actions.iter().map(|action| action.decided).collect::<Vec<_>>();
    let mut expected = decided(&all);
    expected.reverse();
    assert_eq!(expected[0].take(), None, "it was taken back");
    assert_eq!(decided(&after), expected);
}

#[tokio::test]
async fn an_address_is_given_away_only_with_the_action_that_frees_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let plan = PlanId(Uuid::from_u128(9));
    // The sixth takes the address of whom the second is about, which frees it.
    write(&store, plan, &(0..10).map(planned).collect::<Vec<_>>()).await;
    let tx = store.begin_unlocked().await.unwrap();
    let id = |position| ActionId { plan, position };
    let mut steps = Vec::new();
    for position in [5, 1] {
        let target = ActionTarget::Positions(vec![position]);
        tx.decide(TENANT, plan, &target, Decision::Approved, ADA, Timestamp(1)).await.unwrap();
        steps.push(tx.email_conflicts(TENANT, plan, 10).await.unwrap());
    }
    assert_eq!(steps, [vec![EmailConflict { takes: id(5), frees: Some(id(1)) }], vec![]]);
}

#[test]
fn a_block_is_full_at_a_thousand_actions_or_a_mebibyte() {
    let count = |actions: &[PlannedAction]| packed(actions).count();
    let actions: Vec<PlannedAction> = (0..1_001).map(planned).collect();
    assert_eq!((count(&actions[..1_000]), count(&actions), count(&[])), (1, 2, 0));
    let mut large = planned(0);
    large.changes[0].2 = Some("x".repeat(1024 * 1024 / 2));
    assert_eq!(count(&vec![large.clone(); 2]), 1);
    assert_eq!(count(&vec![large; 3]), 2);
}
