//! Prints the description of the API: `cargo run -p api --example openapi > docs/openapi.json`.

#![expect(clippy::print_stdout, reason = "it is what the program is for")]

fn main() -> Result<(), serde_json::Error> {
    println!("{}", serde_json::to_string_pretty(&api::description())?);
    Ok(())
}
