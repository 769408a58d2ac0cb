export { DecodeBudget, type DecodeLimits, type DecodeProblem, defaultDecodeLimits } from './budget.ts'
export { layerFiles, type LayerFile, LayersAbove } from './image.ts'
export { MAX_TAR_EXTENSION, type TarHeader, TarHeaders } from './tar.ts'
export { type DecodedView, decodedViews, type DecodeEvent, type DecodeStep } from './views.ts'
