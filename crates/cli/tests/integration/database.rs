//! `--store postgres://…`: what can be wrong with it, and the whole line on a real server
//! (`LORGNON_TEST_POSTGRES`, see `tools/postgres-for-tests`).

use std::ops::ControlFlow;
use std::process::Stdio;
use std::time::Duration;

use lorgnon_index::{PostgresStore, Store, StoreError};

use crate::program::Program;

const SECRET: &str = "hunter2";

#[test]
fn a_server_that_is_not_there_is_named_with_a_hint_and_without_the_password() {
    let program = Program::new().variable("LORGNON_STORE", "postgres://ann:hunter2@127.0.0.1:1/looks");
    for command in [&["index", "info"][..], &["status"], &["serve"], &["index", "copy", "embedded", "other"]]
    {
        let run = program.run(command);
        assert_eq!(run.code, 2, "{command:?}: {}", run.stderr);
        assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
        if command != ["index", "copy", "embedded", "other"] {
            assert!(
                run.stderr.contains("cannot reach PostgreSQL at `postgres://127.0.0.1:1/looks`"),
                "{}",
                run.stderr
            );
            assert!(run.stderr.contains("hint: check that PostgreSQL runs"), "{}", run.stderr);
        }
    }
}

#[test]
fn a_wrong_address_is_refused_by_every_command_without_the_password() {
    for (address, part) in [
        ("postgres://ann:hunter2@db:x/looks", "%40"),
        ("mysql://ann:hunter2@db/looks", "postgres://"),
        ("postgres://ann:hunter2@db/looks?sslmode=require&sslrootcert=nowhere.pem", "nowhere.pem"),
        ("folder", "`embedded`"),
    ] {
        let program = Program::new().variable("LORGNON_STORE", address);
        for command in [&["config"][..], &["index", "info"]] {
            let run = program.run(command);
            assert_eq!(run.code, 2);
            assert!(run.stderr.contains("LORGNON_STORE") && run.stderr.contains(part), "{}", run.stderr);
            assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
        }
    }
    let run = Program::new().run(&["config", "--store", "postgres://ann:hunter2@db/looks"]);
    assert!(run.stdout.contains("postgres://db:5432/looks"), "{}", run.stdout);
    assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET));
}

#[test]
fn a_training_in_a_database_answers_and_moves_to_a_folder_and_back() {
    let Ok(base) = std::env::var("LORGNON_TEST_POSTGRES") else {
        eprintln!("skipped: LORGNON_TEST_POSTGRES names no server; see tools/postgres-for-tests");
        return;
    };
    let schema = format!("cli_test_{}", std::process::id());
    let store = format!("{base}?schema={schema}");
    let other = format!("{base}?schema={schema}_copy");
    let program = Program::new().variable("LORGNON_STORE", &store);
    let written = lorgnon_demo::write_dataset(&program.folder().join("looks"), 12, 1, &mut |_| {}).unwrap();
    let train = written.train.to_str().unwrap();

    let run = program.run(&["index", "info"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("there is no index in"), "{}", run.stderr);
    let run = program.run(&["train", "--dataset", train, "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stderr.contains(&base));
    let run = program.run(&["train", "--dataset", train, "--format", "json"]);
    assert!(run.stdout.contains(r#""reused": 12"#), "{}", run.stdout);
    let info = program.run(&["index", "info", "--format", "json"]);
    assert!(info.stdout.contains(r#""looks": 12"#), "{}", info.stdout);
    let run = program.run(&["status"]);
    assert!(run.stdout.contains("12 looks"), "{}", run.stdout);
    assert_eq!(program.run(&["index", "verify"]).code, 0);
    assert_eq!(program.run(&["index", "compact"]).code, 0);
    assert!(!program.folder().join(".cache/index").exists());

    // The same answers wherever the looks are.
    let pictures = program.folder().join("looks");
    let answers = |program: &Program, store: &str| {
        let run =
            program.run(&["analyze", "--store", store, "--format", "jsonl", pictures.to_str().unwrap()]);
        assert!(run.code < 2, "{}", run.stderr);
        let mut lines: Vec<serde_json::Value> =
            run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &mut lines {
            line.as_object_mut().unwrap().remove("tookMs");
        }
        assert!(!lines.is_empty());
        lines
    };
    let expected = answers(&program, &store);
    for (from, to) in [(store.as_str(), "embedded"), ("embedded", other.as_str())] {
        let run = program.run(&["index", "copy", from, to]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains("12 looks copied"), "{}", run.stderr);
        let run = program.run(&["index", "copy", from, to]);
        assert!(
            run.stderr.contains("0 looks copied") && run.stderr.contains("12 were there"),
            "{}",
            run.stderr
        );
        assert_eq!(answers(&program, to), expected);
    }
    assert_eq!(program.run(&["index", "copy", "embedded", "embedded"]).code, 2);
    drop_schemas(&base, &[schema.clone(), format!("{schema}_copy")]);
}

/// Everything that a training leaves: looks, vectors, blobs, models.
fn contents(url: &str) -> Vec<(String, Vec<u8>)> {
    let reader = PostgresStore::open(url).unwrap().reader().unwrap();
    let mut all = Vec::new();
    let mut ids = Vec::new();
    reader
        .visit(&mut |record| {
            ids.push(record.look.id.clone());
            all.push((record.look.id.clone(), serde_json::to_vec(&record).unwrap()));
            ControlFlow::Continue(())
        })
        .unwrap();
    for id in &ids {
        let vectors = reader.vectors(id).unwrap().unwrap();
        all.push((format!("{id} vectors"), serde_json::to_vec(&vectors).unwrap()));
        for name in reader.blob_names(id).unwrap() {
            all.push((format!("{id} {name}"), reader.blob(id, &name).unwrap().unwrap()));
        }
    }
    for name in reader.model_names().unwrap() {
        all.push((name.clone(), reader.model(&name).unwrap().unwrap()));
    }
    all
}

#[test]
fn workers_together_give_what_one_process_gives_though_one_is_killed() {
    let Ok(base) = std::env::var("LORGNON_TEST_POSTGRES") else {
        eprintln!("skipped: LORGNON_TEST_POSTGRES names no server; see tools/postgres-for-tests");
        return;
    };
    let schemas = ["one", "many"].map(|name| format!("cli_workers_{}_{name}", std::process::id()));
    let [one, many] = [0, 1].map(|number: usize| format!("{base}?schema={}", schemas[number]));
    let program = Program::new();
    let drawn = lorgnon_demo::write_dataset(&program.folder().join("looks"), 40, 1, &mut |_| {}).unwrap();
    let export = drawn.train.to_str().unwrap();
    let train = |url: &str, cache: &str, more: &[&str]| {
        let fixed = ["train", "--jobs", "1", "--format", "json", "--dataset", export];
        let mut command = program.command(&[&fixed[..], &["--store", url, "--cache", cache], more].concat());
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    };
    let whole = train(&one, "alone", &[]).output().unwrap();
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));

    let mut workers: Vec<_> =
        (0..3).map(|_| train(&many, "together", &["--worker"]).spawn().unwrap()).collect();
    // One is killed as soon as something was done. Whether it leads is chance.
    let store = PostgresStore::open(&many).unwrap();
    while store.reader().unwrap().model_names().unwrap().len() < 8 {
        for worker in &mut workers {
            assert!(worker.try_wait().unwrap().is_none(), "a worker ended before anything was measured");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    workers[0].kill().unwrap();
    workers[0].wait().unwrap();
    let mut said = Vec::new();
    for worker in workers.drain(1..) {
        let output = worker.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        said.push(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap());
    }
    assert_eq!(said[0], said[1], "both tell of the whole training");
    assert_eq!(said[0]["entries"], 40);
    let (expected, found) = (contents(&one), contents(&many));
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&expected), names(&found));
    for (expected, found) in expected.iter().zip(&found) {
        assert!(expected.1 == found.1, "{} differs", expected.0);
    }
    // What it reads is in a transaction that schemas cannot be dropped beside.
    drop(store);
    drop_schemas(&base, &schemas);
}

#[test]
fn a_training_that_is_cut_off_and_taken_over_says_so_and_goes_on_next_time() {
    let Ok(base) = std::env::var("LORGNON_TEST_POSTGRES") else {
        eprintln!("skipped: LORGNON_TEST_POSTGRES names no server; see tools/postgres-for-tests");
        return;
    };
    let schema = format!("cli_cut_{}", std::process::id());
    let url = format!("{base}?schema={schema}");
    let program = Program::new().variable("LORGNON_STORE", &url);
    let drawn = lorgnon_demo::write_dataset(&program.folder().join("looks"), 6, 1, &mut |_| {}).unwrap();
    let arguments = ["train", "--dataset", drawn.train.to_str().unwrap(), "--format", "json"];
    let training = program.command(&arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let store = PostgresStore::open(&url).unwrap();
    while store.reader().unwrap().model_names().unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    // Its connections are cut, as by a network that fails, and another process trains meanwhile.
    let cut = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE pid <> pg_backend_pid() AND          ((locktype = 'relation' AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = '{schema}'::regnamespace))           OR (locktype = 'advisory' AND ((classid::bigint << 32) | objid::bigint) =               hashtextextended('lorgnon.{schema}.training', 1)))"
    );
    let lead = loop {
        run_sql(&base, &cut);
        match store.lead() {
            Ok(mut lead) => {
                lead.begin(false).unwrap();
                break lead;
            }
            Err(StoreError::Locked { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    };
    let output = training.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let told = ["another process has taken over the training", "was lost"];
    assert!(told.iter().any(|part| said.contains(part)), "{said}");
    assert!(said.contains("hint: what was committed is kept") && !said.contains(&base), "{said}");
    // While it is another's, a new one is refused.
    let run = program.run(&arguments);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is being written by another process"), "{}", run.stderr);
    drop(lead);
    let run = program.run(&arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains(r#""entries": 6"#), "{}", run.stdout);
    assert_eq!(program.run(&["index", "verify"]).code, 0);
    drop(store);
    drop_schemas(&base, &[schema]);
}

#[test]
fn only_a_database_has_workers() {
    let program = Program::new();
    let drawn = lorgnon_demo::write_dataset(&program.folder().join("looks"), 1, 1, &mut |_| {}).unwrap();
    let run = program.run(&["train", "--worker", "--dataset", drawn.train.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("only a training in a database can be shared"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: name one with `--store postgres://…`"), "{}", run.stderr);
}

fn drop_schemas(base: &str, schemas: &[String]) {
    for schema in schemas {
        run_sql(base, &format!("DROP SCHEMA {schema} CASCADE"));
    }
}

fn run_sql(base: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(base, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}
