import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { SchemaType } from '../../schema/language.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { JsonValue } from '../../shared/json.ts'

/** One topic of the demo: where its records come from and what they have to look like. */
export interface Dataset {
  readonly topic: string
  readonly schemaType: SchemaType
  readonly schema: string
  readonly about: string
  /** Key and value of each record, in order. */
  readonly records: () => readonly { readonly key: string; readonly value: JsonValue }[]
}

/**
 * Flights and earthquakes as they were published, and a list of films with the mistakes of its makers: some titles are
 * numbers. All from the npm package vega-datasets.
 */
export function datasets(): Dataset[] {
  const folder = datasetFolder()
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  return [
    {
      topic: 'flights',
      schemaType: 'AVRO',
      schema: JSON.stringify(flightSchema),
      about: '200,000 flights in the USA, 2001',
      records: () =>
        (read('flights-200k.json') as Flight[]).map(({ delay, distance, time }, index) => ({
          key: `flight-${index}`,
          value: { id: index, delay_minutes: delay, distance_miles: distance, departure_hour: time, is_late: delay > 15 },
        })),
    },
    {
      topic: 'movies',
      schemaType: 'JSON',
      schema: JSON.stringify(movieSchema),
      about: '3,201 films with the mistakes of whoever typed them in',
      records: () => (read('movies.json') as Movie[]).map((movie, index) => ({ key: `movie-${index}`, value: movieValue(movie) })),
    },
    {
      topic: 'earthquakes',
      schemaType: 'PROTOBUF',
      schema: earthquakeSchema,
      about: '1,707 earthquakes of one week, nested, from the USGS',
      records: () => (read('earthquakes.json') as { features: Earthquake[] }).features.map(earthquakeRecord),
    },
  ]
}

/** The data is a development dependency: 42 MB that a server in production has no use for. */
function datasetFolder(): string {
  try {
    const entry = createRequire(import.meta.url).resolve('vega-datasets')
    return join(entry.slice(0, entry.lastIndexOf('vega-datasets')), 'vega-datasets', 'data')
  } catch (cause) {
    throw new HeadgateError('not-found', 'the data of the demo is not installed; npm install vega-datasets @platformatic/kafka brings it', {
      cause,
    })
  }
}

interface Flight {
  readonly delay: number
  readonly distance: number
  readonly time: number
}

const flightSchema = {
  type: 'record',
  name: 'Flight',
  namespace: 'demo',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'delay_minutes', type: 'int' },
    { name: 'distance_miles', type: 'int' },
    { name: 'departure_hour', type: 'double' },
    { name: 'is_late', type: 'boolean' },
  ],
}

interface Movie {
  readonly [column: string]: string | number | null
}

/** Column names as SQL likes them; values untouched, wrong ones too. */
function movieValue(movie: Movie): JsonValue {
  const entries = Object.entries(movie).filter(([, value]) => value !== null)
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'), value]))
}

const movieSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Movie',
  type: 'object',
  properties: {
    title: { type: 'string' },
    us_gross: { type: 'integer', minimum: 0 },
    worldwide_gross: { type: 'integer', minimum: 0 },
    us_dvd_sales: { type: 'integer' },
    production_budget: { type: 'integer' },
    release_date: { type: 'string' },
    mpaa_rating: { type: 'string', enum: ['G', 'PG', 'PG-13', 'R', 'NC-17', 'Not Rated', 'Open'] },
    running_time_min: { type: 'integer' },
    distributor: { type: 'string' },
    source: { type: 'string' },
    major_genre: { type: 'string' },
    creative_type: { type: 'string' },
    director: { type: 'string' },
    rotten_tomatoes_rating: { type: 'integer', minimum: 0, maximum: 100 },
    imdb_rating: { type: 'number' },
    imdb_votes: { type: 'integer' },
  },
  required: ['title'],
}

interface Earthquake {
  readonly id: string
  readonly properties: { readonly [name: string]: string | number | null }
  readonly geometry: { readonly coordinates: readonly [longitude: number, latitude: number, depth: number] }
}

function earthquakeRecord({ id, properties, geometry }: Earthquake): { key: string; value: JsonValue } {
  const [longitude, latitude, depthKm] = geometry.coordinates
  const { mag, place, time, felt, sig, magType, tsunami } = properties
  const known = Object.entries({ magnitude: mag, place, felt, significance: sig, magnitudeType: magType }).filter(
    ([, value]) => value !== null,
  )
  return {
    key: id,
    value: {
      id,
      ...Object.fromEntries(known),
      at: new Date(Number(time)).toISOString(),
      tsunami: tsunami === 1,
      position: { longitude, latitude, depthKm },
    },
  }
}

const earthquakeSchema = `syntax = "proto3";
package demo;

import "google/protobuf/timestamp.proto";

message Earthquake {
  string id = 1;
  optional double magnitude = 2;
  string place = 3;
  google.protobuf.Timestamp at = 4;
  Position position = 5;
  bool tsunami = 6;
  optional int32 felt = 7;
  int32 significance = 8;
  string magnitude_type = 9;

  message Position {
    double longitude = 1;
    double latitude = 2;
    double depth_km = 3;
  }
}
`
