//! Bounds of integers: every program that reads the contract keeps them exactly, also those that have
//! doubles only.

use utoipa::Number;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayItems, KnownFormat, Object, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{OpenApi, RefOr};

use crate::core::types::LARGEST_COUNT;

/// Gives integers without bounds those of their format.
pub(super) fn bound(contract: &mut OpenApi) {
    let schemas = contract.components.iter_mut().flat_map(|all| all.schemas.values_mut());
    schemas.for_each(bound_schema);
    for operation in contract.paths.paths.values_mut().flat_map(operations) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter {
                parameter.schema.iter_mut().for_each(bound_schema);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
    all.into_iter().flatten()
}

fn bound_schema(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            object.properties.values_mut().for_each(bound_schema);
            if let Some(AdditionalProperties::RefOr(more)) =
                object.additional_properties.as_deref_mut()
            {
                bound_schema(more);
            }
            bound_integer(object);
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                bound_schema(items);
            }
        }
        Schema::OneOf(choice) => choice.items.iter_mut().for_each(bound_schema),
        Schema::AllOf(parts) => parts.items.iter_mut().for_each(bound_schema),
        Schema::AnyOf(choice) => choice.items.iter_mut().for_each(bound_schema),
        _ => {}
    }
}

fn bound_integer(object: &mut Object) {
    let is_integer = match &object.schema_type {
        SchemaType::Type(one) => *one == Type::Integer,
        SchemaType::Array(several) => several.contains(&Type::Integer),
        SchemaType::AnyValue => false,
    };
    if !is_integer {
        return;
    }
    let largest = match &object.format {
        Some(SchemaFormat::KnownFormat(KnownFormat::Int32)) => i64::from(i32::MAX),
        _ => LARGEST_COUNT,
    };
    let number = |value: i64| isize::try_from(value).ok().map(Number::Int);
    object.maximum = object.maximum.take().or_else(|| number(largest));
    object.minimum = object.minimum.take().or_else(|| number(-largest));
}
