/** The commonest of google/type, as declarations of our own from their published numbers. */
export const googleTypeFiles = {
  'google/type/date.proto': `
    syntax = "proto3";
    package google.type;
    message Date { int32 year = 1; int32 month = 2; int32 day = 3; }
  `,
  'google/type/timeofday.proto': `
    syntax = "proto3";
    package google.type;
    message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }
  `,
  'google/type/decimal.proto': `
    syntax = "proto3";
    package google.type;
    message Decimal { string value = 1; }
  `,
}
