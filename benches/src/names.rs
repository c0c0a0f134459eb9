//! Names from many places, with the spelling that an email address would have.

/// A name as people write it, and as it stands in an address.
pub type Name = (&'static str, &'static str);

/// Names that go together, so that nobody is half in one script and half in another.
#[derive(Debug)]
pub struct Culture {
    /// Members of a thousand.
    pub per_mille: u64,
    /// First names.
    pub given: &'static [Name],
    /// Last names.
    pub family: &'static [Name],
}

/// All cultures; their shares sum up to 1,000. Every name is in NFC and differs from the others of its
/// list.
pub const CULTURES: [Culture; 13] = [
    // English. Some names need quoting in a CSV.
    Culture {
        per_mille: 380,
        given: &[
            ("Ada", "ada"),
            ("Grace", "grace"),
            ("Olivia", "olivia"),
            ("Amelia", "amelia"),
            ("Charlotte", "charlotte"),
            ("Emily", "emily"),
            ("Jack", "jack"),
            ("Oliver", "oliver"),
            ("George", "george"),
            ("Noah", "noah"),
            ("Mary Ann", "maryann"),
            ("Henry", "henry"),
            ("William \"Bill\"", "bill"),
            ("Margaret \"Peggy\"", "peggy"),
            ("Samuel", "samuel"),
            ("Ruth", "ruth"),
            ("Thomas", "thomas"),
            ("Isla", "isla"),
        ],
        family: &[
            ("Smith", "smith"),
            ("Jones", "jones"),
            ("Taylor", "taylor"),
            ("Brown", "brown"),
            ("Williams", "williams"),
            ("Wilson", "wilson"),
            ("Johnson", "johnson"),
            ("Davies", "davies"),
            ("O'Brien", "obrien"),
            ("O’Neill", "oneill"),
            ("Wright", "wright"),
            ("Walker", "walker"),
            ("Smith-Jones", "smith-jones"),
            ("Lovelace", "lovelace"),
            ("Hopper", "hopper"),
            ("Davis, Jr.", "davis"),
            ("St. John", "stjohn"),
            ("Null", "null"),
        ],
    },
    // German and Dutch.
    Culture {
        per_mille: 130,
        given: &[
            ("Jürgen", "juergen"),
            ("Käthe", "kaethe"),
            ("Björn", "bjoern"),
            ("Sören", "soeren"),
            ("Lukas", "lukas"),
            ("Hannah", "hannah"),
            ("Günther", "guenther"),
            ("Anneliese", "anneliese"),
            ("Karl-Heinz", "karl-heinz"),
            ("Mariëlle", "marielle"),
            ("Daniël", "daniel"),
        ],
        family: &[
            ("Müller", "mueller"),
            ("Schröder", "schroeder"),
            ("Weiß", "weiss"),
            ("Größmann", "groessmann"),
            ("Bäcker", "baecker"),
            ("Schmidt", "schmidt"),
            ("von der Heide", "vonderheide"),
            ("van den Berg", "vandenberg"),
            ("Köhler", "koehler"),
            ("Jäger", "jaeger"),
            ("'t Hart", "thart"),
        ],
    },
    // French, Spanish, Portuguese.
    Culture {
        per_mille: 160,
        given: &[
            ("Zoë", "zoe"),
            ("François", "francois"),
            ("Élodie", "elodie"),
            ("Jean-Luc", "jean-luc"),
            ("Hélène", "helene"),
            ("José", "jose"),
            ("María José", "mariajose"),
            ("Iñaki", "inaki"),
            ("Begoña", "begona"),
            ("João", "joao"),
            ("Conceição", "conceicao"),
        ],
        family: &[
            ("Lefèvre", "lefevre"),
            ("D'Aboville", "daboville"),
            ("Châtelain", "chatelain"),
            ("Lœuillet", "loeuillet"),
            ("García Márquez", "garciamarquez"),
            ("Núñez", "nunez"),
            ("Peña", "pena"),
            ("Ibáñez", "ibanez"),
            ("Gonçalves", "goncalves"),
            ("Simões", "simoes"),
            ("Araújo", "araujo"),
        ],
    },
    // Nordic.
    Culture {
        per_mille: 50,
        given: &[
            ("Åsa", "asa"),
            ("Øyvind", "oyvind"),
            ("Astrid", "astrid"),
            ("Þórunn", "thorunn"),
            ("Päivi", "paivi"),
            ("Søren", "soren"),
        ],
        family: &[
            ("Ørsted", "orsted"),
            ("Åkesson", "akesson"),
            ("Guðmundsdóttir", "gudmundsdottir"),
            ("Mäkinen", "makinen"),
            ("Bjørnstad", "bjornstad"),
            ("Lindqvist", "lindqvist"),
        ],
    },
    // Polish, Czech, Turkish, Romanian.
    Culture {
        per_mille: 70,
        given: &[
            ("Łukasz", "lukasz"),
            ("Małgorzata", "malgorzata"),
            ("Jiří", "jiri"),
            ("Božena", "bozena"),
            ("Çağla", "cagla"),
            ("İbrahim", "ibrahim"),
            ("Ștefan", "stefan"),
        ],
        family: &[
            ("Wiśniewski", "wisniewski"),
            ("Żółkiewska", "zolkiewska"),
            ("Dvořák", "dvorak"),
            ("Němcová", "nemcova"),
            ("Yıldız", "yildiz"),
            ("Öztürk", "ozturk"),
            ("Țiriac", "tiriac"),
        ],
    },
    // Vietnamese.
    Culture {
        per_mille: 20,
        given: &[("Thị Hương", "huong"), ("Văn Đức", "duc"), ("Minh Tuấn", "tuan"), ("Ngọc Ánh", "anh")],
        family: &[("Nguyễn", "nguyen"), ("Trần", "tran"), ("Phạm", "pham"), ("Đặng", "dang")],
    },
    // Russian and Ukrainian.
    Culture {
        per_mille: 50,
        given: &[
            ("Анна", "anna"),
            ("Иван", "ivan"),
            ("Ольга", "olga"),
            ("Дмитрий", "dmitry"),
            ("Любовь", "lyubov"),
            ("Олексій", "oleksii"),
        ],
        family: &[
            ("Иванов", "ivanov"),
            ("Кузнецова", "kuznetsova"),
            ("Щербаков", "shcherbakov"),
            ("Шевченко", "shevchenko"),
            ("Йовович", "yovovich"),
        ],
    },
    // Greek.
    Culture {
        per_mille: 20,
        given: &[("Ελένη", "eleni"), ("Γιώργος", "giorgos"), ("Άννα", "anna"), ("Νίκος", "nikos")],
        family: &[
            ("Παπαδόπουλος", "papadopoulos"),
            ("Οικονόμου", "oikonomou"),
            ("Αγγελίδη", "angelidi"),
            ("Ξενάκης", "xenakis"),
        ],
    },
    // Chinese and Japanese.
    Culture {
        per_mille: 60,
        given: &[
            ("伟", "wei"),
            ("秀英", "xiuying"),
            ("小明", "xiaoming"),
            ("太郎", "taro"),
            ("花子", "hanako"),
            ("さくら", "sakura"),
            ("ケンジ", "kenji"),
        ],
        family: &[
            ("李", "li"),
            ("王", "wang"),
            ("欧阳", "ouyang"),
            ("佐藤", "sato"),
            ("鈴木", "suzuki"),
            ("渡邉", "watanabe"),
            // Outside the Basic Multilingual Plane: four bytes in UTF-8.
            ("𠮷田", "yoshida"),
        ],
    },
    // Korean.
    Culture {
        per_mille: 15,
        given: &[("민준", "minjun"), ("서연", "seoyeon"), ("지우", "jiwoo")],
        family: &[("김", "kim"), ("이", "lee"), ("박", "park"), ("남궁", "namgung")],
    },
    // Arabic and Persian.
    Culture {
        per_mille: 25,
        given: &[("محمد", "mohammed"), ("فاطمة", "fatima"), ("عبد الله", "abdullah"), ("مریم", "maryam")],
        family: &[("الخطيب", "alkhatib"), ("حسن", "hassan"), ("النجار", "alnajjar"), ("حسینی", "hosseini")],
    },
    // Hebrew.
    Culture {
        per_mille: 10,
        given: &[("נועה", "noa"), ("יוסף", "yosef"), ("תמר", "tamar")],
        family: &[("כהן", "cohen"), ("לוי", "levi"), ("פרידמן", "friedman")],
    },
    // Hindi and Tamil.
    Culture {
        per_mille: 10,
        given: &[("प्रिया", "priya"), ("अमित", "amit"), ("கவிதா", "kavitha")],
        family: &[("शर्मा", "sharma"), ("गुप्ता", "gupta"), ("முருகன்", "murugan")],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn shares_sum_up() {
        assert_eq!(CULTURES.iter().map(|culture| culture.per_mille).sum::<u64>(), 1_000);
    }

    #[test]
    fn names_of_a_list_differ_and_fit_an_address() {
        for list in CULTURES.iter().flat_map(|culture| [culture.given, culture.family]) {
            let distinct: HashSet<&str> = list.iter().map(|(name, _)| *name).collect();
            assert_eq!(distinct.len(), list.len());
            assert!(list.len() > 1, "a changed name needs another one");
            for (name, latin) in list {
                // No digit at its end: a number follows in the address, and keeps it unique.
                assert!(latin.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            }
        }
    }
}
