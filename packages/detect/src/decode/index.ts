export { DecodeBudget, type DecodeLimits, type DecodeProblem, defaultDecodeLimits } from './budget.ts'
export { layerFiles, type LayerFile } from './image.ts'
export { type DecodedView, decodedViews, type DecodeEvent, type DecodeStep } from './views.ts'
