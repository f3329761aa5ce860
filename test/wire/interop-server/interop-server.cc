// The native counterpart of the wire tests: the interop service on grpc++.
// Listens on a free port of the loopback, prints it, and ends when its input does.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "interop.grpc.pb.h"

// Exported by grpc for its own interop server; no public header declares it.
uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);

namespace grpc {
namespace testing {
// A friend of ServerContext by this name.
class InteropServerContextInspector {
 public:
  static bool LastMessageWasCompressed(const ServerContextBase& context) {
    return (grpc_call_test_only_get_message_flags(context.call_.call) &
            (kCompressed | kWasCompressed)) != 0;
  }

 private:
  // GRPC_WRITE_INTERNAL_COMPRESS and, once decompressed, GRPC_WRITE_INTERNAL_TEST_ONLY_WAS_COMPRESSED.
  static constexpr uint32_t kCompressed = 0x80000000u;
  static constexpr uint32_t kWasCompressed = 0x40000000u;
};
}  // namespace testing
}  // namespace grpc

namespace {

using grpc::Server;
using grpc::ServerBuilder;
using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;
using grpc::WriteOptions;
using namespace weir::interop;

constexpr char kEchoInitial[] = "x-grpc-test-echo-initial";
constexpr char kEchoTrailing[] = "x-grpc-test-echo-trailing-bin";

void EchoMetadata(ServerContext* context) {
  const auto& metadata = context->client_metadata();
  auto initial = metadata.find(kEchoInitial);
  if (initial != metadata.end()) {
    context->AddInitialMetadata(kEchoInitial,
                                std::string(initial->second.data(), initial->second.size()));
  }
  auto trailing = metadata.find(kEchoTrailing);
  if (trailing != metadata.end()) {
    context->AddTrailingMetadata(kEchoTrailing,
                                 std::string(trailing->second.data(), trailing->second.size()));
  }
}

template <typename Request>
bool IsCompressedAsExpected(const ServerContext& context, const Request& request) {
  if (!request.has_expect_compressed()) return true;
  return request.expect_compressed().value() ==
         grpc::testing::InteropServerContextInspector::LastMessageWasCompressed(context);
}

void Fill(Payload* payload, int size) { payload->set_body(std::string(size, '\0')); }

class InteropService final : public TestService::Service {
  Status EmptyCall(ServerContext* context, const Empty*, Empty*) override {
    EchoMetadata(context);
    return Status::OK;
  }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request,
                   SimpleResponse* response) override {
    EchoMetadata(context);
    if (!IsCompressedAsExpected(*context, *request)) {
      return Status(StatusCode::INVALID_ARGUMENT, "compression not as expected");
    }
    if (request->has_response_compressed() && request->response_compressed().value()) {
      context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    }
    if (request->has_response_status()) {
      return Status(static_cast<StatusCode>(request->response_status().code()),
                    request->response_status().message());
    }
    Fill(response->mutable_payload(), request->response_size());
    return Status::OK;
  }

  Status StreamingOutputCall(
      ServerContext* context, const StreamingOutputCallRequest* request,
      grpc::ServerWriter<StreamingOutputCallResponse>* writer) override {
    EchoMetadata(context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    return WriteAll(*request, [&](const auto& response, const WriteOptions& options) {
      return writer->Write(response, options);
    });
  }

  Status StreamingInputCall(ServerContext* context,
                            grpc::ServerReader<StreamingInputCallRequest>* reader,
                            StreamingInputCallResponse* response) override {
    EchoMetadata(context);
    StreamingInputCallRequest request;
    int size = 0;
    while (reader->Read(&request)) {
      if (!IsCompressedAsExpected(*context, request)) {
        return Status(StatusCode::INVALID_ARGUMENT, "compression not as expected");
      }
      size += request.payload().body().size();
    }
    response->set_aggregated_payload_size(size);
    return Status::OK;
  }

  Status FullDuplexCall(
      ServerContext* context,
      grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream)
      override {
    EchoMetadata(context);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      if (request.has_response_status()) {
        return Status(static_cast<StatusCode>(request.response_status().code()),
                      request.response_status().message());
      }
      Status status = WriteAll(request, [&](const auto& response, const WriteOptions& options) {
        return stream->Write(response, options);
      });
      if (!status.ok()) return status;
    }
    return Status::OK;
  }

  template <typename Write>
  Status WriteAll(const StreamingOutputCallRequest& request, Write write) {
    for (const auto& parameters : request.response_parameters()) {
      if (parameters.interval_us() > 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(parameters.interval_us()));
      }
      StreamingOutputCallResponse response;
      Fill(response.mutable_payload(), parameters.size());
      WriteOptions options;
      if (!parameters.compressed().value()) options.set_no_compression();
      if (!write(response, options)) return Status(StatusCode::CANCELLED, "the client left");
    }
    return Status::OK;
  }
};

}  // namespace

int main() {
  InteropService service;
  ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::unique_ptr<Server> server = builder.BuildAndStart();
  if (!server) return 1;
  std::cout << port << std::endl;
  std::string ignored;
  while (std::getline(std::cin, ignored)) {
  }
  // No orderly shutdown: a handler that still sleeps must not hold up the end of the tests.
  std::_Exit(0);
}
