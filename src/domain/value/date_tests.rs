use super::DateOrder::{DayFirst, MonthFirst, YearFirst};
use super::*;

fn year_first(value: &str) -> Option<String> {
    parse(value, YearFirst).map(Cow::into_owned)
}

fn evidence(values: &[&str]) -> DateEvidence {
    let mut evidence = DateEvidence::default();
    values.iter().for_each(|value| evidence.observe(value));
    evidence
}

#[test]
fn canonical_dates_are_borrowed() {
    for order in [YearFirst, DayFirst, MonthFirst] {
        assert!(matches!(parse("2024-02-29", order), Some(Cow::Borrowed("2024-02-29"))));
    }
}

#[test]
fn each_order_reads_its_own() {
    assert_eq!(year_first("1971/12/31").as_deref(), Some("1971-12-31"));
    assert_eq!(year_first("1971.12.31").as_deref(), Some("1971-12-31"));
    assert_eq!(year_first("31.12.1971"), None);
    assert_eq!(parse("31.12.1971", DayFirst).as_deref(), Some("1971-12-31"));
    assert_eq!(parse("3-4-1971", DayFirst).as_deref(), Some("1971-04-03"));
    assert_eq!(parse("31.12.1971", MonthFirst), None);
    assert_eq!(parse("3/4/1971", MonthFirst).as_deref(), Some("1971-03-04"));
    // Only the ISO form is sure of itself in a column of another order.
    assert_eq!(parse("1971/12/31", DayFirst), None);
}

#[test]
fn a_time_of_day_is_left_out() {
    for value in [
        "1967-01-05T00:00:00Z",
        "1967-01-05T23:59:59.123+02:00",
        "1967-01-05 00:00",
        "1967-01-05 00:00:00 UTC",
        "1967-01-05T00:00-0500",
        "1967-01-05T00:00:00+01",
    ] {
        assert_eq!(year_first(value).as_deref(), Some("1967-01-05"), "{value}");
    }
    assert_eq!(parse("5/1/1967 12:00:00 AM", DayFirst).as_deref(), Some("1967-01-05"));
    for value in ["1967-01-05T", "1967-01-05 x", "1967-01-05T25:00", "1967-01-05T10:61", "1967-01-051"] {
        assert_eq!(year_first(value), None, "{value}");
    }
    assert_eq!(parse("5/1/1967T00:00", DayFirst), None);
}

#[test]
fn what_is_no_date_is_refused() {
    for value in [
        "",
        "1960-13-01",
        "1961-02-30",
        "1900-02-29",
        "0000-00-00",
        "44927",
        "3/4/85",
        "85-03-04",
        "1965",
        "Jan 5 1966",
        "1968-1-5",
        "9999-12-31",
        "1799-12-31",
        "2101-01-01",
        "1960-01/01",
        "1960-01-01-01",
        "19600101",
        "１９６０-01-01",
        "-1960-01-01",
        "01.1960",
        "1960-01",
        "4/4/04/2020",
    ] {
        for order in [YearFirst, DayFirst, MonthFirst] {
            assert_eq!(parse(value, order), None, "{value}");
        }
    }
    assert_eq!(year_first("1800-01-01").as_deref(), Some("1800-01-01"));
    assert_eq!(year_first("2100-12-31").as_deref(), Some("2100-12-31"));
    assert_eq!(year_first("2000-02-29").as_deref(), Some("2000-02-29"));
}

#[test]
fn values_settle_the_order() {
    assert_eq!(evidence(&[]).order(), Some(YearFirst));
    assert_eq!(evidence(&["3/4/85", "text"]).order(), Some(YearFirst));
    assert_eq!(evidence(&["2020-01-01", "31.12.1971"]).order(), Some(YearFirst));
    assert_eq!(evidence(&["03/04/2020", "31/12/2020"]).order(), Some(DayFirst));
    assert_eq!(evidence(&["03/04/2020", "12/31/2020"]).order(), Some(MonthFirst));
    assert_eq!(evidence(&["2020-01-01", "03/04/2020", "31/12/2020"]).order(), Some(DayFirst));
}

#[test]
fn what_values_leave_open_stays_open() {
    assert_eq!(evidence(&["03/04/2020", "05/06/2020"]).order(), None);
    assert_eq!(evidence(&["31/12/2020", "12/31/2020"]).order(), None);
    // Any order reads this one alike, so it proves none.
    assert_eq!(evidence(&["05/05/2020"]).order(), None);
    assert_eq!(evidence(&["05/05/2020", "31/12/2020"]).order(), Some(DayFirst));
}

#[test]
fn a_remembered_order_decides_only_what_is_open() {
    assert_eq!(evidence(&["03/04/2020"]).order_after(MonthFirst), Some(MonthFirst));
    assert_eq!(evidence(&["03/04/2020"]).order_after(YearFirst), None);
    assert_eq!(evidence(&["31/12/2020"]).order_after(MonthFirst), Some(DayFirst));
    assert_eq!(evidence(&["31/12/2020", "12/31/2020"]).order_after(DayFirst), None);
    assert_eq!(evidence(&["2020-12-31"]).order_after(DayFirst), Some(YearFirst));
    assert_eq!(evidence(&[]).order_after(DayFirst), Some(DayFirst));
}
