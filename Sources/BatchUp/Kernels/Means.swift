internal import CBatchKernels

func mean(_ values: UnsafeBufferPointer<Float>) -> Double {
  cbk_mean_f32(values.baseAddress, values.count)
}

func mean(_ values: UnsafeBufferPointer<Double>) -> Double {
  cbk_mean_f64(values.baseAddress, values.count)
}

func weightedMean(_ values: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>) -> Double {
  cbk_weighted_mean_f32(values.baseAddress, weights.baseAddress, values.count)
}

func weightedMean(_ values: UnsafeBufferPointer<Double>, _ weights: UnsafeBufferPointer<Double>) -> Double {
  cbk_weighted_mean_f64(values.baseAddress, weights.baseAddress, values.count)
}
