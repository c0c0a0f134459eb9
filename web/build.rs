//! Builds the pages by Node.js, and writes the table that keeps them in the program.
//!
//! The source tree is only read: the sources of each bundle are copied to cargo's `OUT_DIR`, with the GraphQL schema one
//! folder above, as in the source tree; there `npm ci` and `npm run build` write `dist`. A bundle whose sources are
//! as they were is not built again.
//!
//! When that fails, say because Node.js is not there, the program is built without its pages, with a warning. `MUSTER_WEB`
//! can be set to `require`, and it fails instead, or to `skip`, and it is not tried.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// Folders at the top of the source tree, and the names of the constants that they end up in.
const BUNDLES: [(&str, &str); 2] = [("console", "CONSOLE"), ("playground", "PLAYGROUND")];
/// What bundles are built from besides.
const SCHEMA: &str = "schema.graphql";
/// What is at the top of a bundle's folder and is none of its sources.
const NO_SOURCES: [&str; 2] = ["node_modules", "dist"];
/// How much of what a program that failed has said is passed on.
const SAID_CHARACTERS_MAX: usize = 1_000;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    for path in ["build.rs", "pack.mjs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rerun-if-env-changed=MUSTER_WEB");
    let wish = env::var("MUSTER_WEB").unwrap_or_default();
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut table = String::new();
    for (folder, name) in BUNDLES {
        let files = match wish.as_str() {
            "skip" => Err("it was built with MUSTER_WEB=skip".into()),
            _ => built(&root, folder, &out).and_then(|dist| entries(&dist)),
        };
        if let Err(error) = &files {
            if wish == "require" {
                return Err(format!("{folder}: {error}").into());
            }
            if wish != "skip" {
                println!("cargo::warning=built without its {folder} (MUSTER_WEB=skip does not try): {error}");
            }
        }
        writeln!(table, "/// What is built from `{folder}/`.")?;
        writeln!(table, "pub const {name}: Bundle = Bundle {{ files: &[{}] }};", files.unwrap_or_default())?;
    }
    Ok(fs::write(out.join("table.rs"), table)?)
}

/// Builds a bundle, unless it is built already; answers where.
fn built(root: &Path, folder: &str, out: &Path) -> Result<PathBuf> {
    let (from, to) = (root.join(folder), out.join(folder));
    let (dist, stamp) = (to.join("dist"), out.join(format!("{folder}.stamp")));
    println!("cargo::rerun-if-changed={}", root.join(SCHEMA).display());
    let sources = sources(&from)?;
    let mut hasher = DefaultHasher::new();
    fs::read(root.join(SCHEMA))?.hash(&mut hasher);
    fs::read("pack.mjs")?.hash(&mut hasher);
    for path in &sources {
        (path, fs::read(from.join(path))?).hash(&mut hasher);
    }
    let fingerprint = format!("{:016x}", hasher.finish());
    if fs::read_to_string(&stamp).is_ok_and(|found| found == fingerprint) {
        return Ok(dist);
    }
    for left in [&to, &stamp] {
        let _ = fs::remove_dir_all(left).or_else(|_| fs::remove_file(left));
    }
    fs::copy(root.join(SCHEMA), out.join(SCHEMA))?;
    for path in &sources {
        let copy = to.join(path);
        fs::create_dir_all(copy.parent().unwrap_or(&to))?;
        fs::copy(from.join(path), copy)?;
    }
    // Nothing that a package brings along is run, and one retry has to do for those who have no network.
    let install = "ci --ignore-scripts --include=dev --no-audit --no-fund --prefer-offline --fetch-retries=1 \
                   --fetch-retry-mintimeout=1000 --loglevel=error";
    run(&to, "npm", install)?;
    run(&to, "npm", "run build")?;
    run(Path::new("."), "node", &format!("pack.mjs {}", dist.display()))?;
    // Some 100 MB, which nobody needs any more.
    fs::remove_dir_all(to.join("node_modules"))?;
    fs::write(stamp, fingerprint)?;
    Ok(dist)
}

/// The files of a bundle's folder, in order. Cargo is told to look at them.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.join("package.json").exists() {
        // One that comes into being is seen.
        println!("cargo::rerun-if-changed={}", folder.display());
        return Err("its sources are not there".into());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !NO_SOURCES.iter().any(|name| path.ends_with(name)) {
            println!("cargo::rerun-if-changed={}", path.display());
            files(&path, &mut found)?;
        }
    }
    found.sort();
    Ok(found.iter().filter_map(|path| path.strip_prefix(folder).ok().map(Path::to_owned)).collect())
}

/// All files at or below a path.
fn files(path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        files(&entry?.path(), found)?;
    }
    Ok(())
}

fn run(folder: &Path, program: &str, arguments: &str) -> Result<()> {
    let output = match Command::new(program).args(arguments.split_whitespace()).current_dir(folder).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            watch_programs();
            return Err(format!("`{program}` was not found; install Node.js 20 or later, with npm").into());
        }
        output => output?,
    };
    if output.status.success() {
        return Ok(());
    }
    // A network that is back is not seen: it is tried again with the next build, as nothing has this name.
    println!("cargo::rerun-if-changed=try-again");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" ");
    let said: String = said.chars().take(SAID_CHARACTERS_MAX).collect();
    Err(format!("`{program} {arguments}` failed: {said}").into())
}

/// So that a Node.js that is installed later is seen.
fn watch_programs() {
    println!("cargo::rerun-if-env-changed=PATH");
    let path = env::var_os("PATH").unwrap_or_default();
    for folder in env::split_paths(&path).filter(|folder| folder.is_dir()) {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
}

/// The table of what is in `dist`, in order of the paths.
fn entries(dist: &Path) -> Result<String> {
    let mut found = Vec::new();
    files(dist, &mut found)?;
    let mut entries = Vec::new();
    for file in found.iter().filter(|path| path.extension().is_none_or(|extension| extension != "gz")) {
        let path = file.strip_prefix(dist)?.to_str().ok_or("the name of a file is no text")?;
        let packed = file.with_added_extension("gz");
        let stored = if packed.exists() { &packed } else { file };
        let mut hasher = DefaultHasher::new();
        fs::read(file)?.hash(&mut hasher);
        let entry = format!(
            "File {{ path: {path:?}, stored: include_bytes!({stored:?}), is_packed: {}, etag: {:?} }},\n",
            stored == &packed,
            format!("W/\"{:016x}\"", hasher.finish())
        );
        entries.push((path, entry));
    }
    entries.sort();
    if !dist.join("index.html").exists() {
        return Err("its build wrote no dist/index.html".into());
    }
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}
