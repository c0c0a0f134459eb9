//! Where people work and what as. Entries of a list differ, so that another place in the list is a
//! change; some need quoting in a CSV.

/// Domains of addresses. The reserved ones of RFC 2606, so that nobody gets mail.
pub const DOMAINS: [&str; 6] = [
    "northwind.example",
    "contoso.example",
    "mail.northwind.example",
    "example.com",
    "example.org",
    "globex.example",
];

/// Business units.
pub const BUSINESS_UNITS: [&str; 10] = [
    "Sales",
    "Marketing",
    "Engineering",
    "Research, Development & Innovation",
    "Finance",
    "Customer Support",
    "People and Culture",
    "Legal, Risk and Compliance",
    "Produktion Süd",
    "Opérations",
];

/// Job titles.
pub const JOB_TITLES: [&str; 14] = [
    "Account Manager",
    "Software Engineer",
    "Senior Software Engineer",
    "Director, Operations",
    "Vice President, \"New Business\"",
    "Buchhalterin",
    "Werkstudent",
    "Ingénieure qualité",
    "Analista de datos",
    "Data Analyst",
    "Chief of Staff",
    "Technician \"Level 2\"",
    "Support Specialist",
    "営業部長",
];

/// Locations.
pub const LOCATIONS: [&str; 14] = [
    "London",
    "New York, NY",
    "San José, CA",
    "München",
    "Zürich",
    "Paris, 8ᵉ",
    "São Paulo",
    "Kraków",
    "København",
    "Київ",
    "Αθήνα",
    "東京",
    "서울",
    "دبي",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn entries_of_a_list_differ() {
        for list in [&DOMAINS[..], &BUSINESS_UNITS, &JOB_TITLES, &LOCATIONS] {
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), list.len());
        }
    }
}
