// Registers OpenTelemetry's SDK before frontdesk starts:
//   NODE_OPTIONS="--import ./test/examples/tracing/register.mjs" npx frontdesk start
// This one prints each span. Put OTLPTraceExporter of @opentelemetry/exporter-trace-otlp-http in the exporter's place,
// with a BatchSpanProcessor, to send them to a collector.
import { ConsoleSpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'

const provider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
})
provider.register()
process.once('beforeExit', () => provider.shutdown())
