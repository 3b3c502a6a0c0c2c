//! What the types in a handler's signature say about its route in the HTTP contract.

use actix_web::{HttpRequest, web};
use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use crate::core::query::{Field, FilterType, ListParams, SearchIn};

const JSON: &str = "application/json";

/// An argument or the answer of a handler.
pub trait Describe {
    /// Adds what a caller has to know of it.
    fn describe(route: &mut Description);
}

/// A route in the making, as the contract will have it.
#[derive(Default)]
pub struct Description {
    pub(super) operation: Operation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
    /// Whether it lists, so that its requests are limited as searches are.
    pub(super) is_list: bool,
    /// Whether its callers have no session yet.
    pub(super) is_open: bool,
}

impl Description {
    /// Who may call; `needs_session` is false for those who are about to sign in.
    pub fn caller(&mut self, name: &'static str, needs_session: bool) {
        self.operation.extensions = Some([("x-caller", json!(name))].into_iter().collect());
        self.is_open = !needs_session;
        if needs_session {
            let bearer = SecurityRequirement::new("bearer", Vec::<String>::new());
            self.operation.security = Some(vec![bearer]);
        }
    }

    /// Parameters of the query or of headers, as `P` says.
    pub fn params<P: IntoParams>(&mut self) {
        P::into_params(|| None).into_iter().for_each(|one| self.param(one));
    }

    /// Answers besides the route's own.
    pub fn responses<R: IntoResponses>(&mut self) {
        self.operation.responses.responses.extend(R::responses());
    }

    /// A body of this shape.
    pub fn body<T: ToSchema>(&mut self) {
        let schema = self.schema::<T>();
        self.body_of(schema.into());
    }

    /// A list of this shape in the body.
    pub fn list_body<T: ToSchema>(&mut self) {
        let entry = self.schema::<T>();
        let list = ArrayBuilder::new().items(entry).build();
        self.body_of(RefOr::T(list.into()));
    }

    /// An answer of this shape; its text is the route's.
    pub fn answer<T: ToSchema>(&mut self) {
        let schema = self.schema::<T>();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let answer = ResponseBuilder::new().content(JSON, content).build();
        self.operation.responses.responses.insert("200".to_owned(), answer.into());
    }

    /// Paging, order and filters over these fields.
    pub fn list(&mut self, fields: &[Field]) {
        self.is_list = true;
        for mut one in ListParams::into_params(|| None) {
            let sortable = fields.iter().filter(|field| field.sortable).map(|field| field.name);
            if one.name == "sortBy" && fields.iter().any(|field| field.sortable) {
                let names = ObjectBuilder::new().schema_type(Type::String);
                one.schema = Some(names.enum_values(Some(sortable)).into());
            }
            self.param(one);
        }
        let search = self.schema::<SearchIn>();
        if fields.is_empty() {
            return self.body_of(search.into());
        }
        let known: Vec<_> = fields.iter().map(described).collect();
        let known: Extensions = [("x-fields", json!(known))].into_iter().collect();
        let known = ObjectBuilder::new().extensions(Some(known));
        self.body_of(AllOfBuilder::new().item(search).item(known).into());
    }

    /// A parameter.
    pub fn param(&mut self, parameter: Parameter) {
        self.operation.parameters.get_or_insert_default().push(parameter.into());
    }

    /// The parameters of a path.
    pub(super) fn path(&mut self, template: &str) {
        let names = template.split('/').filter_map(|segment| segment.strip_prefix('{'));
        let names = names.filter_map(|segment| segment.strip_suffix('}'));
        let parameters = names.map(|name| {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let parameter = ParameterBuilder::new().name(name).schema(Some(text));
            let parameter = parameter.parameter_in(ParameterIn::Path).required(Required::True);
            RefOr::T(parameter.build())
        });
        let others = self.operation.parameters.take().unwrap_or_default();
        let all: Vec<_> = parameters.chain(others).collect();
        self.operation.parameters = (!all.is_empty()).then_some(all);
    }

    /// Says what the parameters of the path are, where `texts` has their names.
    pub(super) fn path_texts(&mut self, texts: &[(&str, &str)]) {
        for parameter in self.operation.parameters.iter_mut().flatten() {
            if let RefOr::T(Parameter {
                name,
                description: text @ None,
                parameter_in: ParameterIn::Path,
                ..
            }) = parameter
            {
                *text = texts.iter().find(|(of, _)| of == name).map(|(_, text)| (*text).to_owned());
            }
        }
    }

    fn body_of(&mut self, schema: RefOr<Schema>) {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new().content(JSON, content).required(Some(Required::True));
        self.operation.request_body = Some(body.build().into());
    }

    fn schema<T: ToSchema>(&mut self) -> Ref {
        let name = T::name();
        T::schemas(&mut self.schemas);
        self.schemas.push((name.to_string(), T::schema()));
        Ref::from_schema_name(name)
    }
}

fn described(field: &Field) -> serde_json::Value {
    let operators: Vec<FilterType> = field.kind.operators().collect();
    let has_keys = field.kind.has_path() && field.depth != Some(0);
    let name = if has_keys { format!("{}.…", field.name) } else { field.name.into() };
    json!({
        "name": name, "type": field.kind.name(), "operators": operators, "sortable": field.sortable,
    })
}

impl Describe for HttpRequest {
    fn describe(_: &mut Description) {}
}

impl<T: ?Sized> Describe for web::Data<T> {
    fn describe(_: &mut Description) {}
}

/// Its names are in the route's template.
impl<T> Describe for web::Path<T> {
    fn describe(_: &mut Description) {}
}

macro_rules! describe_all {
    ($($one:ident)*) => {
        impl<$($one: Describe),*> Describe for ($($one,)*) {
            fn describe(route: &mut Description) {
                $($one::describe(route);)*
            }
        }
    };
}

describe_all!(A);
describe_all!(A B);
describe_all!(A B C);
describe_all!(A B C D);
describe_all!(A B C D E);
describe_all!(A B C D E F);
