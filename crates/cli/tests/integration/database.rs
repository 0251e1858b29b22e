//! `--store postgres://…`: what can be wrong with it, and the whole line on a real server
//! (`LORGNON_TEST_POSTGRES`, see `tools/postgres-for-tests`).

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

fn drop_schemas(base: &str, schemas: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(base, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        for schema in schemas {
            client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
        }
        drop(client);
        connection.await.unwrap().unwrap();
    });
}
