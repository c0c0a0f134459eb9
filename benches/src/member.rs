//! One member: computed, never stored.

use crate::names::{CULTURES, Culture};
use crate::random::Random;
use crate::work::{BUSINESS_UNITS, DOMAINS, JOB_TITLES, LOCATIONS};

/// The roster's header.
pub const COLUMNS: [&str; 10] = [
    "member_id",
    "first_name",
    "last_name",
    "email",
    "status",
    "business_unit",
    "job_title",
    "location",
    "start_date",
    "program_eligibility",
];

/// The number of the first member, so that all ids have seven digits up to nine million members: ids
/// that differ by leading zeros alone would be held.
const FIRST_NUMBER: u64 = 1_000_000;

/// A member's data, as places in the lists of names and work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    index: u64,
    culture: usize,
    given: usize,
    family: usize,
    /// The last name that the address was made of: it stays when people marry.
    address_family: usize,
    domain: usize,
    capitals_in_address: bool,
    active: bool,
    business_unit: usize,
    job_title: Option<usize>,
    location: Option<usize>,
    start_date: (u64, u64, u64),
    eligible: bool,
}

/// What can be another on a later day. The id cannot, and neither can a first name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    LastName,
    Domain,
    Status,
    BusinessUnit,
    JobTitle,
    Location,
    StartDate,
    Eligibility,
}

const CHANGES: [Change; 8] = [
    Change::LastName,
    Change::Domain,
    Change::Status,
    Change::BusinessUnit,
    Change::JobTitle,
    Change::Location,
    Change::StartDate,
    Change::Eligibility,
];

impl Member {
    /// The member of this number, as they are on the first day.
    #[must_use]
    pub fn new(seed: u64, index: u64) -> Self {
        let mut random = Random::new(seed, index);
        let culture = culture_of(random.below(1_000));
        let family = random.place(CULTURES[culture].family.len());
        Self {
            index,
            culture,
            given: random.place(CULTURES[culture].given.len()),
            family,
            address_family: family,
            domain: random.place(DOMAINS.len()),
            capitals_in_address: random.percent(5),
            active: random.percent(92),
            business_unit: random.place(BUSINESS_UNITS.len()),
            job_title: random.percent(97).then(|| random.place(JOB_TITLES.len())),
            location: random.percent(95).then(|| random.place(LOCATIONS.len())),
            start_date: date(&mut random),
            eligible: random.percent(70),
        }
    }

    /// The same member with one to three other fields. Each ends up with another value, and never with
    /// an empty one: an empty cell says nothing, so it would be no change.
    #[must_use]
    pub fn changed(mut self, random: &mut Random) -> Self {
        let mut left = CHANGES;
        for turn in 0..=random.place(3) {
            let rest = &mut left[turn..];
            rest.swap(0, random.place(rest.len()));
            self.change(rest[0], random);
        }
        self
    }

    fn change(&mut self, change: Change, random: &mut Random) {
        let other = |place: Option<usize>, len: usize, random: &mut Random| {
            Some(place.map_or(0, |place| random.other_place(place, len)))
        };
        match change {
            Change::LastName => {
                self.family = random.other_place(self.family, self.culture().family.len());
            }
            Change::Domain => self.domain = random.other_place(self.domain, DOMAINS.len()),
            Change::Status => self.active = !self.active,
            Change::BusinessUnit => {
                self.business_unit = random.other_place(self.business_unit, BUSINESS_UNITS.len());
            }
            Change::JobTitle => self.job_title = other(self.job_title, JOB_TITLES.len(), random),
            Change::Location => self.location = other(self.location, LOCATIONS.len(), random),
            Change::StartDate => self.start_date.0 += 1,
            Change::Eligibility => self.eligible = !self.eligible,
        }
    }

    /// Whether their status is active.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The cells of the member's row, in the order of [`COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let (year, month, day) = self.start_date;
        [
            format!("M-{}", FIRST_NUMBER + self.index),
            self.culture().given[self.given].0.to_owned(),
            self.culture().family[self.family].0.to_owned(),
            self.email(),
            if self.active { "Active" } else { "Inactive" }.to_owned(),
            BUSINESS_UNITS[self.business_unit].to_owned(),
            self.job_title.map_or("", |title| JOB_TITLES[title]).to_owned(),
            self.location.map_or("", |location| LOCATIONS[location]).to_owned(),
            format!("{year}-{month:02}-{day:02}"),
            if self.eligible { "Eligible" } else { "Ineligible" }.to_owned(),
        ]
    }

    /// Unique because the member's number stands in it, after a name without digits.
    fn email(&self) -> String {
        let given = self.culture().given[self.given].1;
        let family = self.culture().family[self.address_family].1;
        let domain = DOMAINS[self.domain];
        let number = self.index + 1;
        if self.capitals_in_address {
            format!("{}.{}{number}@{domain}", capital(given), capital(family))
        } else {
            format!("{given}.{family}{number}@{domain}")
        }
    }

    fn culture(&self) -> &'static Culture {
        &CULTURES[self.culture]
    }
}

/// The culture in whose share the number from 0 to 999 lies.
fn culture_of(mut number: u64) -> usize {
    for (place, culture) in CULTURES.iter().enumerate() {
        if number < culture.per_mille {
            return place;
        }
        number -= culture.per_mille;
    }
    0
}

/// A day from 1990 to 2024 that exists in each year, so that a year can be added to it.
fn date(random: &mut Random) -> (u64, u64, u64) {
    (1990 + random.below(35), 1 + random.below(12), 1 + random.below(28))
}

fn capital(latin: &str) -> String {
    let (first, rest) = latin.split_at(latin.len().min(1));
    first.to_ascii_uppercase() + rest
}
