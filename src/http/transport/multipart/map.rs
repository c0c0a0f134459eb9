//! The `map` part: which file goes into which variable.

use std::collections::BTreeMap;

use async_graphql::{Value, Variables};

use crate::http::transport::refusal::Refusal;

/// What stands in the variable of a file. The `Upload` scalar takes it only together with an
/// [`Uploads`](crate::files::uploads::Uploads).
const PLACEHOLDER: &str = "upload";

/// One file and its one place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The name of the part.
    pub name: String,
    /// The place in the operation, such as `variables.input.file`.
    pub path: String,
}

/// Reads the part. `None`: no file is announced.
pub(super) fn read(json: &[u8]) -> Result<Option<Entry>, Refusal> {
    let shape = "`map` must be an object of lists of paths.";
    let map: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(json).map_err(|_| Refusal::malformed(shape))?;
    let mut entries = map.into_iter();
    let Some((name, paths)) = entries.next() else { return Ok(None) };
    if entries.next().is_some() {
        return Err(Refusal::malformed("`map` names more than one file: send one."));
    }
    match <[String; 1]>::try_from(paths) {
        Ok([path]) => Ok(Some(Entry { name, path })),
        // A file is a stream, which two readers cannot read.
        Err(_) => Err(Refusal::malformed("`map` must name one variable for the file.")),
    }
}

/// Puts the placeholder where the path leads, which must be a null.
pub(super) fn place(variables: &mut Variables, path: &str) -> Result<(), Refusal> {
    let slot = find(variables, path).ok_or_else(|| {
        Refusal::malformed("The path in `map` must lead to a variable, as in `variables.input.file`.")
    })?;
    if *slot != Value::Null {
        return Err(Refusal::malformed("The variable that `map` names must be null in `operations`."));
    }
    *slot = Value::String(PLACEHOLDER.to_owned());
    Ok(())
}

fn find<'a>(variables: &'a mut Variables, path: &str) -> Option<&'a mut Value> {
    let mut steps = path.strip_prefix("variables.")?.split('.');
    let first = variables.get_mut(steps.next()?)?;
    steps.try_fold(first, |value, step| match value {
        Value::Object(members) => members.get_mut(step),
        Value::List(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_goes_into_one_variable() {
        let entry = Entry { name: "0".into(), path: "variables.input.file".into() };
        assert_eq!(read(br#"{"0":["variables.input.file"]}"#).ok().flatten(), Some(entry));
        assert!(matches!(read(b"{}"), Ok(None)));
        for wrong in [
            "",
            "[]",
            "null",
            r#"{"0":"variables.file"}"#,
            r#"{"0":[]}"#,
            r#"{"0":["variables.a","variables.b"]}"#,
            r#"{"0":["variables.a"],"1":["variables.b"]}"#,
        ] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let many: BTreeMap<_, _> = (0..1_000).map(|i| (i.to_string(), vec!["variables.a"])).collect();
        assert!(read(&serde_json::to_vec(&many).expect("JSON")).is_err());
    }

    #[test]
    fn a_path_leads_to_a_null_in_the_variables() {
        let json = r#"{"file":null,"input":{"file":null,"name":"x"},"list":[null]}"#;
        let variables: Variables = serde_json::from_str(json).expect("variables");
        for right in ["variables.file", "variables.input.file", "variables.list.0"] {
            let mut variables = variables.clone();
            assert!(place(&mut variables, right).is_ok(), "{right}");
            assert!(place(&mut variables, right).is_err(), "{right} is taken");
        }
        for wrong in [
            "",
            "file",
            "variables",
            "variables.",
            "variables.other",
            "variables.input",
            "variables.input.name",
            "variables.input.file.x",
            "variables.list.1",
            "0.variables.file",
        ] {
            assert!(place(&mut variables.clone(), wrong).is_err(), "{wrong}");
        }
    }
}
