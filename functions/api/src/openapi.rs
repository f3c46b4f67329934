//! The description of the API in OpenAPI 3.1, made from the code.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};

use crate::problem::{MEDIA_TYPE, ProblemBody};

/// What is said of the API as a whole.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Renkei",
        description = "The offices' API of the exchange. Every call but a few carries a token that the office's own key signed for it: a JWT with \
            `typ` `renkei-token+jwt`, `kid`, `iss` the office number, `aud` this API's origin, `iat`, `exp` at most 5 minutes later, `jti`, `htm` \
            the method, `htu` the path without query. Whatever is refused is refused with a problem (RFC 9457) whose `code` is stable.",
        contact(),
    ),
    components(schemas(ProblemBody)),
    modifiers(&TokenScheme),
    security(("token" = [])),
    tags(
        (name = "devices", description = "Keys: how a device is let in, seen, and locked out"),
        (name = "transmissions", description = "What the office sends"),
        (name = "inbox", description = "What the office is sent"),
        (name = "offices", description = "Who there is, and who is licensed"),
        (name = "licence", description = "The office's licence"),
        (name = "partners", description = "With whom the office exchanged"),
        (name = "credentials", description = "For S3"),
        (name = "settings", description = "What an office decides for itself"),
        (name = "notices", description = "What an office is told"),
        (name = "health", description = "Whether the API answers"),
    ),
)]
struct Frame;

struct TokenScheme;

impl Modify for TokenScheme {
    fn modify(&self, openapi: &mut OpenApi) {
        let scheme =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some("Signed for this one call")).build();
        openapi.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

pub(crate) fn frame() -> OpenApi {
    Frame::openapi()
}

/// The description: every call, and for whatever it doesn't list a problem.
pub fn description() -> OpenApi {
    let mut openapi = crate::calls().into_openapi();
    for item in openapi.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten() {
            let responses = &mut operation.responses.responses;
            responses.entry("default".to_owned()).or_insert_with(|| RefOr::T(any_problem()));
        }
    }
    openapi
}

fn any_problem() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description("A problem").content(MEDIA_TYPE, content).build()
}
