//===- Foreign.cpp - words of Python, PyTorch and Keras, and what to write instead ----------===//
#include "frontends/ag/Foreign.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace {

struct Word {
  StringRef theirs, ours; // theirs: one or several, with blanks between
};

StringRef ourWord(llvm::ArrayRef<Word> words, StringRef name) {
  for (const Word &word : words) {
    llvm::SmallVector<StringRef> names;
    word.theirs.split(names, ' ');
    if (llvm::is_contained(names, name))
      return word.ours;
  }
  return "";
}

const Word kNames[] = {
    {"True", "true"},
    {"False", "false"},
    {"None null nil", "none"},
    // Layers.
    {"Linear linear Dense fc fully_connected", "dense"},
    {"Conv1d Conv1D", "conv1d"},
    {"Conv2d Conv2D", "conv2d"},
    {"Conv3d Conv3D", "conv3d"},
    {"ConvTranspose2d Conv2DTranspose", "conv_transpose2d"},
    {"DepthwiseConv2D", "depthwise_conv2d"},
    {"SeparableConv2D", "depthwise_separable"},
    {"BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization batchnorm", "batch_norm"},
    {"LayerNorm LayerNormalization", "layer_norm"},
    {"GroupNorm GroupNormalization", "group_norm"},
    {"Dropout2d SpatialDropout2D", "spatial_dropout2d"},
    {"Embedding", "embedding"},
    {"SimpleRNN", "rnn"},
    {"TimeDistributed", "each_step"},
    {"GaussianNoise", "gaussian_noise"},
    {"Sequential", "x |> first |> second"},
    {"ModuleList", "[first, second]"},
    // Pooling.
    {"MaxPool1d MaxPooling1D", "max_pool1d"},
    {"MaxPool2d MaxPooling2D maxpool2d", "max_pool2d"},
    {"AvgPool1d AveragePooling1D", "avg_pool1d"},
    {"AvgPool2d AveragePooling2D avgpool2d", "avg_pool2d"},
    {"GlobalAveragePooling1D", "global_avg_pool1d"},
    {"GlobalAveragePooling2D", "global_avg_pool2d"},
    {"GlobalMaxPooling1D", "global_max_pool1d"},
    {"GlobalMaxPooling2D", "global_max_pool2d"},
    {"AdaptiveAvgPool2d", "adaptive_avg_pool2d"},
    {"AdaptiveMaxPool2d", "adaptive_max_pool2d"},
    {"UpSampling2D Upsample upsample interpolate", "upsample2d"},
    {"PixelShuffle pixel_shuffle", "depth_to_space"},
    // Functions.
    {"LeakyReLU", "leaky_relu"},
    {"swish SiLU", "silu"},
    {"relu6 ReLU6", "clamp(x, 0, 6)"},
    {"view", "reshape"},
    {"permute swapaxes", "transpose"},
    {"cat concatenate Concatenate hstack", "concat"},
    {"unsqueeze expand_dims", "x[:, none]"},
    {"squeeze", "x[:, 0]"},
    {"pow", "x ** y"},
    {"matmul dot mm bmm einsum", "x @ y"},
    {"add Add", "x + y"},
    {"arange", "iota"},
    {"randn random_normal", "normal"},
    {"rand random_uniform", "uniform"},
    {"multinomial", "categorical"},
    {"zeros_like", "zeros(*shape(x))"},
    {"ones_like", "ones(*shape(x))"},
    {"amax", "max"},
    {"clip", "clamp"},
    {"detach", "stop_gradient"},
    {"length", "len"},
    {"astype", "f32(x)"},
    {"var", "moments"},
    {"eye", "one_hot(iota(8), 8)"},
    {"accuracy", "mean(argmax(logits) == label)"},
    {"StepLR ExponentialLR MultiStepLR ExponentialDecay LearningRateScheduler", "0.1 * 0.5 ** floor(epoch / 10)"},
    {"CosineAnnealingLR CosineDecay", "0.05 * (1 + cos(3.14159 * epoch / 90))"},
    {"print", "an output of the model: -> (h: f32[N, 8])"},
    // Losses and optimizers.
    {"CrossEntropyLoss SparseCategoricalCrossentropy CategoricalCrossentropy categorical_crossentropy "
     "sparse_categorical_crossentropy nll_loss NLLLoss",
     "cross_entropy"},
    {"BCEWithLogitsLoss BCELoss BinaryCrossentropy binary_crossentropy binary_cross_entropy_with_logits",
     "binary_cross_entropy"},
    {"SmoothL1Loss smooth_l1_loss HuberLoss", "huber"},
    {"MSELoss mse mse_loss MeanSquaredError mean_squared_error", "mean((x - y) ** 2)"},
    {"L1Loss mae l1_loss", "mean(abs(x - y))"},
};

// Tried in this order: the first that the callee takes.
const Word kArguments[] = {
    {"lr learning_rate step_size", "rate"},
    {"weight_decay l2", "decay"},
    {"p drop_prob", "rate"},
    {"dim dims axes", "axis"},
    {"keepdim keep_dims", "keepdims"},
    {"kernel_size filter_size window", "kernel"},
    {"kernel_size pool_size", "size"},
    {"strides", "stride"},
    {"dilation_rate", "dilation"},
    {"filters out_channels channels num_filters", "features"},
    {"out_features hidden_size hidden_dim num_units output_size", "units"},
    {"embedding_dim output_dim", "features"},
    {"num_embeddings input_dim", "vocabulary"},
    {"use_bias", "bias"},
    {"kernel_initializer weight_initializer", "weight_init"},
    {"bias_initializer", "bias_init"},
    {"eps", "epsilon"},
    {"negative_slope", "slope"},
    {"scale_factor", "times"},
    {"num_classes depth", "classes"},
    {"std stddev sigma", "deviation"},
    {"dtype", "type"},
    {"num_groups", "groups"},
    {"maxval", "high"},
    {"minval", "low"},
};

// What other arguments become; none of these is an argument of anything here.
const Word kOtherArguments[] = {
    {"weight_decay kernel_regularizer l2 decay", "in the `train` block write on \"*.weight\" { decay = 1e-4 }"},
    {"in_features in_channels input_shape input_size num_features normalized_shape",
     "leave it out: the size of the input is known"},
    {"return_sequences return_state", "leave it out: a recurrent layer gives all steps; last_step(…) is the last one"},
    {"trainable requires_grad", "write frozen = true"},
    {"betas", "write beta1=0.9, beta2=0.999"},
    {"inplace", "leave it out"},
    {"batch_first", "leave it out: the batch is the first dimension"},
    {"num_layers", "write stacked(…) with a list of sizes"},
    {"data_format", "leave it out: the channels are the last dimension"},
    {"mask", "write lengths=…"},
    {"clipnorm max_grad_norm", "write clip_norm = 5.0 in the `train` block"},
};

const Word kTypes[] = {
    {"float32 Float f64 float64 double", "f32"},
    {"float16 half", "f16"},
    {"bfloat16", "bf16"},
    {"int32 uint32 u32", "i32"},
    {"int64 long Long", "i64"},
    {"uint8 byte int8 i8", "u8"},
    {"boolean Boolean", "bool"},
    {"string String", "str"},
    {"integer Integer", "int"},
    {"tuple Tuple array Array List", "list"},
    {"Module Callable Layer", "layer"},
};

const Word kWords[] = {
    {"def fn func fun function", "a function is a layer: layer f(x: f32[N, D]) -> f32[N, D] { return x }"},
    {"class struct", "a network is a model: model m(x: f32[N, 8]) -> (y: f32[N, 8]) { y = x }"},
    {"let var const auto val set", "a name is bound without a word before it: name = value"},
    {"while", "a loop is `for i in range(n) { … }`; over the steps of a tensor, `scan`"},
    {"elif elsif elseif", "write `else if`"},
    {"switch match case", "write `if … { … } else if … { … }`"},
    {"raise throw", "write assert condition, \"what is wrong\""},
    {"try with except global nonlocal async await del", "there is no such statement here"},
    {"from", "write import name from \"file.ag\"; operations and standard layers need no import"},
};

const Word kMembers[] = {
    {"shape size", "shape($)"},
    {"ndim dim", "rank($)"},
    {"T t", "transpose($)"},
    {"append extend add", "$ = [*$, x]"},
    {"format", "\"{name}\""},
    {"item numpy cpu cuda to", "$"},
    {"dtype", "f32($) to cast"},
    {"float", "f32($)"},
    {"int", "i32($)"},
    {"long", "i64($)"},
    {"view reshape", "reshape($, …)"},
    {"permute transpose", "transpose($, …)"},
};

const Word kMarks[] = {
    {"^", "to raise to a power write `**`"},
    {"&", "write `and`"},
    {"~", "write `not`"},
    {"?", "write if condition then a else b"},
    {"−", "write `-`"},
    {"×", "write `*`"},
    {"÷", "write `/`"},
    {"≤", "write `<=`"},
    {"≥", "write `>=`"},
    {"≠", "write `!=`"},
    {"→", "write `->`"},
    {"…", "write `...`"},
    {"“ ” ‘ ’ „ `", "strings are written in straight double quotes"},
};

const StringRef kModules[] = {"nn",    "F",   "torch", "tf",   "keras",       "layers", "np",
                              "numpy", "jnp", "jax",   "math", "activations", "optim",  "ops"};

} // namespace

StringRef argent::ag::foreignName(StringRef name) { return ourWord(kNames, name); }
StringRef argent::ag::foreignType(StringRef name) { return ourWord(kTypes, name); }
StringRef argent::ag::foreignWord(StringRef word) { return ourWord(kWords, word); }
StringRef argent::ag::foreignMark(StringRef character) { return ourWord(kMarks, character); }

std::string argent::ag::foreignArgument(StringRef callee, StringRef name, llvm::function_ref<bool(StringRef)> takes) {
  if (name == "activation" || name == "nonlinearity")
    return ("apply it to the result: " + callee + "(…) |> relu").str();
  for (const Word &word : kArguments)
    if (StringRef ours = ourWord(word, name); !ours.empty() && takes(ours))
      return ("here it is called `" + ours + "`").str();
  return ourWord(kOtherArguments, name).str();
}

std::string argent::ag::foreignMember(StringRef base, StringRef member, bool isCall) {
  if (base == "self" || base == "this")
    return ("a layer or model binds plain names: " + member + " = …").str();
  StringRef ours = foreignName(member);
  if (llvm::is_contained(kModules, base))
    return "there are no modules: write " + (ours.empty() ? member.lower() : ours.str());
  if (StringRef text = ourWord(kMembers, member); !text.empty()) {
    std::string result = "write ";
    for (char c : text)
      result += c == '$' ? (base.size() > 40 ? "x" : base.str()) : std::string(1, c);
    return result;
  }
  if (isCall && base.size() <= 40)
    return ("write " + base + " |> " + (ours.empty() ? member : ours)).str();
  return ours.empty() ? "" : ("write " + ours).str();
}
