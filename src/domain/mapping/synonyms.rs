//! What HR systems and CRMs call the built-in fields, in English, German, French and Spanish.
//!
//! A wrong guess costs more than none, so a name is here only if it can hardly mean anything else:
//! a department is no business unit, a birthday no start date, and `name` alone nothing at all.

use crate::domain::field::key;

/// Names by field, as [`crate::domain::value::fold::fold_header`] leaves them; within a field, the
/// surest first: where two columns have such names, the earlier name gets the field. One text for
/// each field, as a list of words is easier to read and to extend.
const NAMES: [(&str, &str); 12] = [
    (
        key::UNIQUE_ID,
        "uniqueidentifier memberid memberno membernumber membernr memberuid memberidentifier \
         membershipid membershipno membershipnumber employeeid employeeno employeenumber employeenr \
         employeenum employeeidentifier employeecode empid empno empnumber emplid staffid staffno \
         staffnumber personnelid personnelno personnelnumber workerid associateid payrollid \
         payrollnumber personid personnumber externalid mitgliedsnummer mitgliedernummer mitgliedsnr \
         mitgliedernr mitgliedsid mitgliednr mitgliednummer personalnummer personalnr persnr \
         mitarbeiternummer mitarbeiternr mitarbeiterid personalid matricule numerodematricule \
         numeromatricule numerodemembre numeromembre nodemembre numeroadherent numerodadherent \
         numerodemploye numeroemploye noemploye idemploye identifiantemploye identifiantunique \
         idmembre numerodeempleado numeroempleado numempleado noempleado idempleado iddeempleado \
         codigodeempleado codigoempleado legajo numerodesocio numerosocio numerodemiembro idmiembro \
         idsocio userid contactid uid uuid guid id",
    ),
    (
        key::FIRST_NAME,
        "givenname givennames firstnames forename forenames fname firstgivenname legalfirstname \
         memberfirstname employeefirstname vorname vornamen rufname prenom prenoms nombre nombres \
         nombredepila primernombre first given",
    ),
    (
        key::LAST_NAME,
        "familyname familynames surname surnames surename lastnames lname legallastname \
         memberlastname employeelastname nachname nachnamen familienname zuname nomdefamille \
         nomfamille apellido apellidos primerapellido last family",
    ),
    (
        key::EMAIL,
        "emailaddress emailaddresses emailadress emailaddr emails emial workemail workemailaddress \
         businessemail businessemailaddress companyemail companyemailaddress corporateemail \
         officeemail primaryemail primaryemailaddress memberemail employeeemail useremail \
         contactemail emailwork emailbusiness emailprimary emailadresse emailanschrift mailadresse \
         dienstlicheemail geschaftlicheemail geschaeftlicheemail emaildienstlich emailgeschaftlich \
         courriel adresseemail adressemail adresseelectronique adressecourriel emailprofessionnel \
         courrielprofessionnel adressedecourriel mel correoelectronico correo direcciondecorreo \
         direcciondecorreoelectronico direccionemail emailcorporativo correocorporativo mail",
    ),
    (
        key::STATUS,
        "memberstatus membershipstatus employeestatus employmentstatus accountstatus userstatus \
         currentstatus personstatus mitgliedsstatus mitgliedstatus mitarbeiterstatus \
         beschaftigungsstatus beschaeftigungsstatus personalstatus statut statutemploye statutdemploi \
         statutmembre estado estatus situacion estadodelempleado estadoempleado estadolaboral \
         estadomiembro",
    ),
    (
        "program_eligibility",
        "eligibility eligible iseligible programeligible programmeeligibility eligibilitystatus \
         eligibleforprogram benefitseligibility benefiteligibility benefitseligible berechtigung \
         teilnahmeberechtigung teilnahmeberechtigt programmberechtigung eligibilite \
         eligibiliteauprogramme elegibilidad elegible elegibilidaddelprograma",
    ),
    (
        "business_unit",
        "businessunitname busunit bu lineofbusiness geschaftseinheit geschaeftseinheit \
         geschaftsbereich geschaeftsbereich unitedaffaires unitecommerciale unidaddenegocio \
         unidaddenegocios unidadnegocio division",
    ),
    (
        "job_title",
        "jobtitles worktitle positiontitle jobname jobposition jobrole jobdescription businesstitle \
         professionaltitle berufsbezeichnung stellenbezeichnung positionsbezeichnung jobbezeichnung \
         funktionsbezeichnung intituledeposte intituleduposte titredeposte titreduposte libelleposte \
         fonction cargo puesto puestodetrabajo titulodelpuesto position occupation designation title",
    ),
    (
        "location",
        "worklocation joblocation officelocation primarylocation locationname worksite workplace \
         dutystation standort arbeitsort dienstort einsatzort lieudetravail lieu localisation \
         ubicacion lugardetrabajo centrodetrabajo sede office site",
    ),
    (
        "manager_email",
        "manageremailaddress managersemail managersemailaddress emailofmanager manageremailid \
         managermail supervisoremail supervisoremailaddress supervisorsemail linemanageremail \
         linemanageremailaddress reportstoemail reportingmanageremail bossemail vorgesetzteremail \
         vorgesetztenemail emailvorgesetzter emaildesvorgesetzten emailvorgesetzte emaildumanager \
         emailmanager emailduresponsable emailresponsable courrieldumanager courrielduresponsable \
         correodelgerente correodelsupervisor correodeljefe emaildeljefe emaildelsupervisor \
         emaildelresponsable",
    ),
    (
        "start_date",
        "startingdate dateofstart startedon employmentstartdate jobstartdate workstartdate \
         membershipstartdate memberstartdate hiredate dateofhire datehired hiredon hiringdate \
         originalhiredate joindate joiningdate dateofjoining datejoined joinedon joinedat doj \
         membersince entrydate dateofentry commencementdate onboardingdate eintrittsdatum eintritt \
         eintrittam datumeintritt einstellungsdatum startdatum anfangsdatum beginndatum mitgliedseit \
         datedembauche dateembauche datedentree dateentree datededebut datedebut datedarrivee \
         datedadhesion fechadeingreso fechaingreso fechadeinicio fechainicio fechadealta fechaalta \
         fechadecontratacion fechacontratacion fechadeincorporacion fechaincorporacion",
    ),
    (
        "locale",
        "localecode language languagecode lang preferredlanguage preferredlocale userlocale \
         languagepreference communicationlanguage correspondencelanguage sprache sprachcode \
         sprachkennzeichen korrespondenzsprache bevorzugtesprache langue languepreferee codelangue \
         codedelangue idioma idiomapreferido lengua codigodeidioma",
    ),
];

/// The names of the built-in field, the surest first.
pub fn names(field_key: &str) -> impl Iterator<Item = &'static str> {
    let names = NAMES.iter().find(|(key, _)| *key == field_key).map_or("", |(_, names)| names);
    names.split_ascii_whitespace()
}

/// How sure the folded name is to mean the built-in field: 0 is the surest, none if it is not known.
#[must_use]
pub fn rank(field_key: &str, folded: &str) -> Option<usize> {
    names(field_key).position(|name| name == folded)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::field::BUILT_IN_FIELDS;
    use crate::domain::value::fold::fold_header;

    #[test]
    fn every_built_in_field_has_names() {
        for field in BUILT_IN_FIELDS {
            assert!(names(field.key).next().is_some(), "{}", field.key);
        }
        assert!(names("department").next().is_none());
    }

    #[test]
    fn names_are_folded_and_mean_one_field() {
        let mut seen: HashSet<String> =
            BUILT_IN_FIELDS.iter().flat_map(|f| [fold_header(f.key), fold_header(f.label)]).collect();
        for (key, _) in NAMES {
            for name in names(key) {
                assert_eq!(fold_header(name), name);
                assert!(seen.insert((*name).to_owned()), "{key}: {name} is there twice");
            }
        }
    }

    #[test]
    fn what_means_something_else_is_not_there() {
        for header in [
            "Name",
            "Full name",
            "Nickname",
            "Middle name",
            "Department",
            "Abteilung",
            "Service",
            "Departamento",
            "Geburtsdatum",
            "Birthday",
            "birth_date",
            "End date",
            "Termination date",
            "Phone",
            "Address",
            "State",
            "Manager",
            "Manager ID",
            "bioguide_id",
            "thomas_id",
            "govtrack_id",
            "Employer ID",
            "Private email",
            "Nom",
            "Active",
            "Gender",
            "Salutation",
            "Username",
            "Rehire date",
            "Department ID",
            "Location ID",
        ] {
            let folded = fold_header(header);
            for (key, _) in NAMES {
                assert_eq!(rank(key, &folded), None, "{header} as {key}");
            }
        }
    }
}
