//===- Foreign.cpp - words of Python, PyTorch and Keras, and what to write instead ----------===//
#include "frontends/ag/syntax/Foreign.h"

#include "llvm/ADT/STLExtras.h"
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
    {"Conv Conv2d Conv2D", "conv2d"},
    {"Conv3d Conv3D", "conv3d"},
    {"ConvTranspose ConvTranspose2d Conv2DTranspose conv2d_transpose deconv", "conv_transpose2d"},
    {"DepthwiseConv2D", "depthwise_conv2d"},
    {"SeparableConv2D", "depthwise_separable"},
    {"BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization batchnorm", "batch_norm"},
    {"LayerNorm LayerNormalization", "layer_norm"},
    {"GroupNorm GroupNormalization", "group_norm"},
    {"lrn LRN", "local_response_norm"},
    {"Dropout2d SpatialDropout2D dropout2d", "spatial_dropout2d"},
    {"Dropout1d SpatialDropout1D dropout1d", "variational_dropout"},
    {"Embedding Embed", "embedding"},
    {"SimpleRNN", "rnn"},
    {"TimeDistributed", "each_step"},
    {"GaussianNoise", "gaussian_noise"},
    {"Sequential", "x |> first |> second"},
    {"ModuleList", "[first, second]"},
    // Pooling.
    {"MaxPool1d MaxPooling1D", "max_pool1d"},
    {"MaxPool MaxPool2d MaxPooling2D maxpool2d max_pool maxpool", "max_pool2d"},
    {"AvgPool1d AveragePooling1D", "avg_pool1d"},
    {"AvgPool AvgPool2d AveragePooling2D avgpool2d avg_pool avgpool", "avg_pool2d"},
    {"GlobalAveragePooling1D", "global_avg_pool1d"},
    {"GlobalAveragePooling2D global_avg_pool", "global_avg_pool2d"},
    {"GlobalMaxPooling1D", "global_max_pool1d"},
    {"GlobalMaxPooling2D global_max_pool", "global_max_pool2d"},
    {"AdaptiveAvgPool2d", "adaptive_avg_pool2d"},
    {"AdaptiveMaxPool2d", "adaptive_max_pool2d"},
    {"UpSampling2D Upsample upsample interpolate", "upsample2d"},
    {"PixelShuffle pixel_shuffle", "depth_to_space"},
    {"ZeroPadding2D", "pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)])"},
    // Activations.
    {"LeakyReLU", "leaky_relu"},
    {"prelu PReLU", "where(x > 0, x, 0.25 * x), with a param in place of 0.25"},
    {"glu GLU", "x[..., :4] * sigmoid(x[..., 4:]), of 8 channels"},
    {"swish SiLU", "silu"},
    {"relu6 ReLU6", "clamp(x, 0, 6)"},
    {"hardtanh Hardtanh hard_tanh", "clamp(x, -1, 1)"},
    {"mish Mish", "x * tanh(softplus(x))"},
    {"log_sigmoid LogSigmoid logsigmoid", "-softplus(-x)"},
    {"Softsign soft_sign", "softsign"},
    {"softmin Softmin", "softmax(-x)"},
    {"logit", "log(x / (1 - x))"},
    // Functions of one element.
    {"square squared sqr", "x ** 2"},
    {"pow power", "x ** y"},
    {"tan", "sin(x) / cos(x)"},
    {"sinh", "(exp(x) - exp(-x)) / 2"},
    {"cosh", "(exp(x) + exp(-x)) / 2"},
    {"log2", "log(x) / log(2.0)"},
    {"log10", "log(x) / log(10.0)"},
    {"exp2", "2.0 ** x"},
    {"ln", "log"},
    {"expit", "sigmoid"},
    {"reciprocal", "1 / x"},
    {"fmax", "maximum"},
    {"fmin", "minimum"},
    {"negative neg", "-x"},
    {"fabs absolute", "abs"},
    {"rint", "round"},
    {"clip clip_by_value", "clamp"},
    {"clamp_min", "maximum(x, low)"},
    {"clamp_max", "minimum(x, high)"},
    {"masked_fill", "where(mask, value, x)"},
    {"detach no_grad", "stop_gradient"},
    {"astype cast", "f32(x)"},
    // Operators.
    {"add Add", "x + y"},
    {"sub subtract Subtract", "x - y"},
    {"mul multiply Multiply", "x * y"},
    {"div divide true_divide", "x / y"},
    {"floor_divide", "x // y"},
    {"mod remainder", "x % y"},
    {"matmul dot mm bmm", "x @ y"},
    {"outer", "x[:, none] * y[none, :]"},
    {"equal eq", "x == y"},
    {"not_equal ne", "x != y"},
    {"greater gt", "x > y"},
    {"greater_equal ge", "x >= y"},
    {"less lt", "x < y"},
    {"less_equal le", "x <= y"},
    {"logical_and", "x > 0 and y > 0"},
    {"logical_or", "x > 0 or y > 0"},
    {"logical_not", "not (x > 0)"},
    // Reductions.
    {"std stddev", "sqrt(moments(x, axis)[1])"},
    {"var variance", "moments(x, axis)[1]"},
    {"norm", "sqrt(sum(x ** 2, axis))"},
    {"l2_normalize l2norm", "x * rsqrt(sum(x ** 2, axis, keepdims=true))"},
    {"amax reduce_max", "max"},
    {"amin reduce_min", "min"},
    {"average reduce_mean", "mean"},
    {"reduce_sum", "sum"},
    {"reduce_prod", "prod"},
    {"cosine_similarity", "sum(x * y, axis) * rsqrt(sum(x ** 2, axis) * sum(y ** 2, axis))"},
    // Shapes and elements.
    {"view", "reshape"},
    {"permute", "transpose"},
    {"swapaxes swapdims", "transpose(x, 0, 2, 1), all axes in their new order"},
    {"cat concatenate Concatenate", "concat"},
    {"hstack", "concat([x, y], axis=1)"},
    {"vstack", "concat([x, y], axis=0)"},
    {"chunk", "split"},
    {"unstack unbind", "[x[:, i] for i in range(shape(x)[1])]"},
    {"unflatten Unflatten", "reshape"},
    {"unsqueeze expand_dims", "x[:, none], or x[..., none] for a last dimension"},
    {"squeeze", "x[:, 0], or x[..., 0] for the last dimension"},
    {"flip", "reverse"},
    {"sorted msort", "sort"},
    {"repeat_interleave", "repeat"},
    {"expand broadcast_to", "broadcast"},
    {"take index_select", "gather(x, index, axis)"},
    {"embedding_lookup", "gather(table, index)"},
    {"tril", "where(iota(8)[:, none] >= iota(8), x, 0.0)"},
    {"triu", "where(iota(8)[:, none] <= iota(8), x, 0.0)"},
    {"eye", "one_hot(iota(8), 8)"},
    {"length", "len"},
    {"ndim", "rank"},
    // Tensors and initial values.
    {"arange", "iota"},
    {"randn random_normal RandomNormal", "normal"},
    {"rand random_uniform RandomUniform", "uniform"},
    {"multinomial", "categorical(log(p))"},
    {"zeros_like", "zeros(*shape(x))"},
    {"ones_like", "ones(*shape(x))"},
    {"full_like", "full(*shape(x), value=0.5)"},
    {"tensor array constant", "f32([1, 2, 3])"},
    {"Parameter", "param w: f32[8] = zeros()"},
    {"register_buffer", "state s: f32[8] = zeros()"},
    {"xavier_uniform xavier_uniform_", "glorot_uniform"},
    {"xavier_normal xavier_normal_", "glorot_normal"},
    {"kaiming_uniform kaiming_uniform_", "he_uniform"},
    {"kaiming_normal kaiming_normal_", "he_normal"},
    {"pi", "3.141592653589793"},
    {"inf Inf Infinity infinity", "1e30: numbers are finite"},
    {"Input", "the inputs as parameters of the model: model m(x: f32[N, 8])"},
    {"print", "an output of the model: -> (h: f32[N, 8])"},
    // Training.
    {"accuracy", "mean(argmax(logits) == label)"},
    {"StepLR ExponentialLR MultiStepLR ExponentialDecay LearningRateScheduler", "0.1 * 0.5 ** floor(epoch / 10)"},
    {"CosineAnnealingLR CosineDecay", "0.05 * (1 + cos(3.14159 * epoch / 90))"},
    {"CrossEntropyLoss softmax_cross_entropy softmax_cross_entropy_with_logits "
     "sparse_softmax_cross_entropy_with_logits softmax_cross_entropy_with_integer_labels",
     "cross_entropy"},
    {"SparseCategoricalCrossentropy CategoricalCrossentropy categorical_crossentropy "
     "sparse_categorical_crossentropy nll_loss NLLLoss",
     "cross_entropy(logits, label), which applies softmax itself"},
    {"BCEWithLogitsLoss binary_cross_entropy_with_logits sigmoid_cross_entropy_with_logits "
     "sigmoid_binary_cross_entropy",
     "binary_cross_entropy"},
    {"BCELoss BinaryCrossentropy binary_crossentropy bce BCE",
     "binary_cross_entropy(x, y), which applies sigmoid itself"},
    {"SmoothL1Loss smooth_l1_loss HuberLoss huber_loss", "huber"},
    {"MSELoss mse mse_loss MeanSquaredError mean_squared_error l2_loss", "mean((x - y) ** 2)"},
    {"L1Loss mae l1_loss MeanAbsoluteError mean_absolute_error", "mean(abs(x - y))"},
    {"KLDivLoss kl_div", "sum(x * log(x / y), axis)"},
};

/// Words of theirs for which there is nothing here: no name that looks alike means the same.
constexpr StringRef kOnlyTheirs =
    "acos acosh adaptive_avg_pool3d adaptive_max_pool3d angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh "
    "asin "
    "asinh atan atan2 atanh bincount cbrt celu conj cot cross cov corrcoef crelu csc det diag diagonal digamma "
    "dropout3d "
    "einsum erfc erfinv fft fmod frac gamma geglu grad hypot ifft imag inner inv inverse isclose isfinite isin isinf "
    "isnan "
    "jit kron lgamma linspace logaddexp logcumsumexp logspace lu map max_unpool2d median meshgrid mode nan nansum "
    "nanmean "
    "nonzero percentile pixel_unshuffle poisson qr quantile rad2deg randint randperm real reglu rfft roll rrelu "
    "scatter "
    "searchsorted sec shuffle sinc slice solve space_to_depth svd tensordot tile trace trunc unfold unique vmap pmap "
    "Nadam "
    "NAdam Adamax RAdam Lion LAMB LBFGS Adafactor Identity InstanceNorm1d InstanceNorm2d RMSNorm rms_norm Lambda "
    "MultiheadAttention MultiHeadAttention Transformer lecun_normal lecun_uniform truncated_normal trunc_normal_ "
    "TruncatedNormal VarianceScaling Unfold Fold Conv1DTranspose ConvTranspose1d ConvTranspose3d Conv3DTranspose "
    "BatchNormalizationV2 spectral_norm weight_norm";

// Tried in this order: the first that the callee takes.
const Word kArguments[] = {
    {"lr learning_rate step_size", "rate"},
    {"weight_decay l2", "decay"},
    {"p drop_prob", "rate"},
    {"dim dims axes", "axis"},
    {"reverse", "descending"},
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
    {"training deterministic train", "leave it out: it is known whether the model is trained"},
    {"batch_first", "leave it out: the batch is the first dimension"},
    {"num_layers", "write stacked(…) with a list of sizes"},
    {"data_format", "leave it out: the channels are the last dimension"},
    {"mask", "write lengths=…"},
    {"clipnorm max_grad_norm", "write clip_norm = 5.0 in the `train` block"},
};

const Word kSettings[] = {
    {"lr learning_rate rate", "the rate is an argument of the optimizer: sgd(rate=0.1)"},
    {"momentum", "the momentum is an argument of the optimizer: sgd(rate=0.1, momentum=0.9)"},
    {"scheduler schedule lr_scheduler lr_schedule",
     "a schedule is arithmetic in the optimizer: sgd(rate=0.1 * 0.5 ** floor(epoch / 10))"},
    {"weight_decay decay l2", "write on \"*.weight\" { decay = 1e-4 }"},
    {"grad_clip clip gradient_clip max_grad_norm clipnorm", "write clip_norm = 5.0"},
    {"batch_size bs", "write batch = 64"},
    {"num_epochs n_epochs max_epochs", "write epochs = 10"},
    {"metrics", "write metric accuracy = mean(argmax(logits) == label)"},
    {"seed", "the seed is given where training begins: argent train --seed 1"},
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
    {"T t", "transpose($), or transpose($, 0, 2, 1) where the first dimension is the batch"},
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

const StringRef kModules[] = {"nn",    "F",     "torch",      "tf",         "keras",        "layers",
                              "np",    "numpy", "jnp",        "jax",        "math",         "activations",
                              "optim", "ops",   "losses",     "linear",     "nnx",          "eqx",
                              "lax",   "optax", "optimizers", "functional", "initializers", "init"};

} // namespace

StringRef argent::ag::foreignName(StringRef name) { return ourWord(kNames, name); }

bool argent::ag::isOnlyForeign(StringRef name) {
  llvm::SmallVector<StringRef> names;
  kOnlyTheirs.split(names, ' ');
  return llvm::is_contained(names, name);
}

StringRef argent::ag::foreignSetting(StringRef name) { return ourWord(kSettings, name); }
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

/// The text with another name in place of `name`.
static std::string replaceName(StringRef text, StringRef name, StringRef with) {
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  std::string result;
  while (!text.empty()) {
    StringRef word = text.take_while(isWord);
    if (word.empty())
      word = text.take_until(isWord);
    result += word == name ? with : word;
    text = text.drop_front(word.size());
  }
  return result;
}

/// The name of ours that a member of a module means; empty if there is none.
static StringRef memberOfModule(StringRef member, llvm::ArrayRef<StringRef> names) {
  if (StringRef ours = ourWord(kNames, member); !ours.empty())
    return ours;
  auto plain = [](StringRef name) {
    std::string result = name.lower();
    llvm::erase(result, '_');
    return result;
  };
  auto same = llvm::find_if(names, [&](StringRef name) { return plain(name) == plain(member); });
  return same == names.end() ? "" : *same;
}

std::string argent::ag::foreignMember(StringRef base, StringRef member, bool isCall, bool isBound,
                                      llvm::ArrayRef<StringRef> names) {
  if (base == "self" || base == "this")
    return ("a layer or model binds plain names: " + member + " = …").str();
  StringRef ours = foreignName(member);
  bool isModule = llvm::is_contained(kModules, base) || base.starts_with("nn.") || base.starts_with("tf.") ||
                  base.starts_with("torch.") || base.starts_with("keras.") || base.starts_with("jax.");
  if (isModule && !isBound) {
    StringRef same = memberOfModule(member, names);
    return ("there are no modules: " +
            (same.empty() ? llvm::Twine("operations and layers are plain names") : "write " + same))
        .str();
  }
  // A tensor that is long to write is an `x` in what to write.
  StringRef shown = base.size() > 40 ? "x" : base;
  if (StringRef text = ourWord(kMembers, member); !text.empty()) {
    std::string result = "write ";
    for (char c : text)
      result += c == '$' ? shown.str() : std::string(1, c);
    return result;
  }
  bool isExpression = llvm::any_of(ours, [](char c) { return !llvm::isAlnum(c) && c != '_'; });
  if (isExpression)
    return "write " + replaceName(ours, "x", shown);
  if (isCall && base.size() <= 40)
    return ("write " + base + " |> " + (ours.empty() ? member : ours)).str();
  return ours.empty() ? "" : ("write " + ours).str();
}
