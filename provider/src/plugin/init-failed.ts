import * as grpc from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb";
import status from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A step that was carried out in part: the engine keeps what there is, and tells what is missing. */
export class InitFailed extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Struct,
    readonly reasons: string[],
  ) {
    super(message);
  }
}

/** A failure as gRPC carries it. Source: Pulumi's provider protocol, `ErrorResourceInitFailed`. */
export function failed(error: Error): Partial<grpc.StatusObject> {
  const code = grpc.status.UNKNOWN;
  if (!(error instanceof InitFailed)) return { code, details: error.message };
  const detail = new messages.ErrorResourceInitFailed().setId(error.id).setProperties(error.properties);
  const any = new Any();
  any.pack(detail.setReasonsList(error.reasons).serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const told = new status.Status().setCode(code).setMessage(error.message);
  told.addDetails(any);
  const metadata = new grpc.Metadata();
  // By this name, gRPC takes a status with details.
  metadata.add("grpc-status-details-bin", Buffer.from(told.serializeBinary()));
  return { code, details: error.message, metadata };
}
