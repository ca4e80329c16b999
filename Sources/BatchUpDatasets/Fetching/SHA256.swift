import BatchUp
internal import CCrypto

/// Computes the SHA-256 of bytes that come in pieces.
struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// Nil where libcrypto cannot do that, as without memory.
  init?() {
    guard let context = EVP_MD_CTX_new() else { return nil }
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      EVP_MD_CTX_free(context)
      return nil
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// 64 hexadecimal digits.
  consuming func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest.map { String($0, radix: 16).padded(to: 2, with: "0") }.joined()
  }
}
