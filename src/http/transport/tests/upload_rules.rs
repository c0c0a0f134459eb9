//! The [GraphQL multipart request specification](https://github.com/jaydenseric/graphql-multipart-request-spec), part by
//! part, as clients make it. Of what it leaves open Muster takes the least: one file, in one variable, of one
//! operation; lists, batches and files that are used twice are refused ([`super::uploads`]).

use poem::http::StatusCode;
use serde_json::{Value, json};

use super::{
    client,
    uploads::{MAP, TYPE, UPLOAD, file, form, part, send},
};

/// Multipart form field structure: `operations`, `map`, then files, in no other order and under no other names.
#[tokio::test]
async fn the_parts_come_in_order() {
    let parts = [part("operations", "", UPLOAD), part("map", "", MAP), file("0", "x")];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let body: String = order.iter().map(|place| parts[*place].as_str()).collect();
        let (status, body) = send("admin", body + "--cut--\r\n").await;
        let expected = if order == [0, 1, 2] { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        assert_eq!(status, expected, "{order:?}: {body}");
    }
    for (first, second) in [("operation", "map"), ("operations", "maps"), ("Operations", "map"), ("0", "1")] {
        let body = part(first, "", UPLOAD) + &part(second, "", MAP) + &file("0", "x") + "--cut--\r\n";
        assert_eq!(send("admin", body).await.0, StatusCode::BAD_REQUEST, "{first} {second}");
    }
}

/// Multipart form field structure: `operations` and `map` are JSON, whether their parts say so or not.
#[tokio::test]
async fn the_first_parts_are_json() {
    for extra in [
        "",
        "\r\nContent-Type: application/json",
        "\r\nContent-Type: application/json; charset=utf-8",
        "\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 8bit",
        "; filename=\"blob\"\r\nContent-Type: application/json",
    ] {
        let body =
            part("operations", extra, UPLOAD) + &part("map", extra, MAP) + &file("0", "x") + "--cut--\r\n";
        let (status, body) = send("admin", body).await;
        assert_eq!(
            (status, &body["data"]["upload"]["bytes"]),
            (StatusCode::OK, &json!(1)),
            "{extra:?}: {body}"
        );
    }
}

/// Multipart form field structure: the key in `map` is the name of the file's field, any that is unique.
#[tokio::test]
async fn the_file_may_have_any_name() {
    for name in ["0", "1", "file", "variables.input.file", "a b", "März", "-", "operations"] {
        let map = json!({ name: ["variables.input.file"] }).to_string();
        let (status, body) = send("admin", form(UPLOAD, &map, &file(name, "x"))).await;
        assert_eq!((status, &body["data"]["upload"]["bytes"]), (StatusCode::OK, &json!(1)), "{name}: {body}");
    }
}

/// Multipart form field structure: files are replaced with null in `operations`, at the place that the path names.
#[tokio::test]
async fn a_null_stands_where_the_file_belongs() {
    for (operations, path, expected) in [
        (UPLOAD.to_owned(), "variables.input.file", StatusCode::OK),
        (UPLOAD.replace(r#""file":null,"#, ""), "variables.input.file", StatusCode::BAD_REQUEST),
        (UPLOAD.replace(r#""file":null"#, r#""file":{}"#), "variables.input.file", StatusCode::BAD_REQUEST),
        (UPLOAD.to_owned(), "variables.input", StatusCode::BAD_REQUEST),
        (UPLOAD.to_owned(), "variables['input'].file", StatusCode::BAD_REQUEST),
        (UPLOAD.to_owned(), "query", StatusCode::BAD_REQUEST),
    ] {
        let map = json!({ "0": [path] }).to_string();
        let (status, body) = send("admin", form(&operations, &map, &file("0", "x"))).await;
        assert_eq!(status, expected, "{operations} {path}: {body}");
    }
}

/// Examples, Single file: the request as it is printed there, with curl's boundary and a preamble of no parts.
#[tokio::test]
async fn the_request_of_curl_is_read() {
    let body = form(
        UPLOAD,
        MAP,
        &part("0", "; filename=\"a.txt\"\r\nContent-Type: text/plain", "Alpha file content.\n"),
    );
    for boundary in ["------------------------cec8e8123c05ba25", "----WebKitFormBoundary7MA4YWxkTrZu0gW"] {
        for quote in ["", "\""] {
            let response = client()
                .post("/")
                .content_type(TYPE.replace("cut", &format!("{quote}{boundary}{quote}")))
                .header("authorization", "Bearer admin")
                .body(body.replace("--cut", &format!("--{boundary}")))
                .send()
                .await;
            let text = response.0.into_body().into_string().await.unwrap();
            let answer: Value = serde_json::from_str(&text).unwrap();
            let uploaded = &answer["data"]["upload"];
            assert_eq!((&uploaded["name"], &uploaded["bytes"]), (&json!("a.txt"), &json!(20)), "{text}");
        }
    }
}

/// Security: a form that another site could have sent is not executed.
#[tokio::test]
async fn a_form_needs_a_header_that_no_form_can_send() {
    for (header, expected) in [
        ("x-nothing", StatusCode::BAD_REQUEST),
        ("graphql-require-preflight", StatusCode::OK),
        ("apollo-require-preflight", StatusCode::OK),
    ] {
        let body = form(r#"{"query":"mutation{set(n:1)}"}"#, "{}", "");
        let response = client().post("/").content_type(TYPE).header(header, "1").body(body).send().await;
        assert_eq!(response.0.status(), expected, "{header}");
    }
}
