/** Compile: the zod schemas of the routes made into functions, once, when a route is registered. */
import type { FastifySchemaCompiler, FastifySerializerCompiler } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import * as z from "zod";

const compiled = new WeakMap<z.ZodType, z.ZodType>();

/** The same schema as a function. It is the same for every server of a process. */
function compile(schema: z.ZodType): z.ZodType {
  const known = compiled.get(schema) ?? z.compile(schema);
  compiled.set(schema, known);
  return known;
}

/** What checks and cleans the parts of a request. What is wrong is told as the type provider tells it. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> = (route) =>
  validatorCompiler({ ...route, schema: compile(route.schema) });

/**
 * What writes an answer, without fields that its schema does not name. An answer that is frozen stays
 * as it is, so it is written once.
 */
export const compileSerializer: FastifySerializerCompiler<z.ZodType> = (route) => {
  // The type provider encodes, which zod does not compile: up to six times the price of parsing.
  // The two differ for codecs only, and no answer has one.
  const schema = compile(route.schema);
  const write = (answer: object) => {
    const { data, error } = schema.safeParse(answer);
    if (error === undefined) return JSON.stringify(data);
    throw new Error(`${route.method} ${route.url} does not keep its schema`, { cause: error });
  };
  const written = new WeakMap<object, string>();
  return (answer: object) => {
    if (!Object.isFrozen(answer)) return write(answer);
    const text = written.get(answer) ?? write(answer);
    written.set(answer, text);
    return text;
  };
};
