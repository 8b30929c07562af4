-- Argent in Neovim 0.11 or later: put this file into ~/.config/nvim/plugin/, and the servers on the path.
vim.filetype.add({ extension = { ag = "ag" } })

vim.lsp.config("argent", {
  cmd = { "argent-lsp-server" },
  filetypes = { "ag" },
  root_markers = { ".git" },
})
vim.lsp.config("argent_mlir", {
  cmd = { "argent-mlir-lsp-server" },
  filetypes = { "mlir" },
  root_markers = { ".git" },
})
vim.lsp.enable({ "argent", "argent_mlir" })

-- Colours, after the TextMate grammar. Later matches win.
local words = {
  argentName = [[\<\h\w*\>]],
  Function = [[\<\h\w*\ze(]],
  Type = [[\<\(f32\|f16\|bf16\|i32\|i64\|u8\|bool\|int\|float\|str\|list\|init\)\>]],
  Boolean = [[\<\(true\|false\|none\)\>]],
  Special = [[\<\(training\|epoch\|update\|N\)\>]],
  Statement = [[\<\(if\|then\|else\|for\|in\|scan\|carry\|return\|yield\|assert\|on\|import\|from\|and\|or\|not\)\>]],
  Keyword = [[\<\(layer\|model\|train\|entry\|param\|state\|metric\)\>]],
  Number = [[\<\d[0-9_]*\(\.\d[0-9_]*\)\=\([eE][+-]\=\d\+\)\=\>\|\<0x[0-9a-fA-F_]\+\>]],
  Operator = [[|>\|->\|:=\|==\|!=\|<=\|>=\|[-+*/%@<>=|]\+]],
}
local order = { "argentName", "Function", "Type", "Boolean", "Special", "Statement", "Keyword", "Number", "Operator" }

vim.api.nvim_create_autocmd("FileType", {
  pattern = "ag",
  callback = function(event)
    vim.bo[event.buf].commentstring = "# %s"
    vim.bo[event.buf].shiftwidth = 4
    vim.bo[event.buf].expandtab = true
    vim.bo[event.buf].textwidth = 120
    vim.cmd("syntax clear")
    for i, group in ipairs(order) do
      vim.cmd(string.format("syntax match ag%d /%s/", i, words[group]:gsub("/", "\\/")))
      vim.cmd(string.format("highlight default link ag%d %s", i, group))
    end
    vim.cmd([[syntax region agString start=/"/ skip=/\\./ end=/"/ oneline]])
    vim.cmd([[highlight default link agString String]])
    vim.cmd([[syntax match agComment /#.*$/]])
    vim.cmd([[highlight default link agComment Comment]])
  end,
})

-- Layout on save.
vim.api.nvim_create_autocmd("BufWritePre", {
  pattern = "*.ag",
  callback = function(event)
    vim.lsp.buf.format({ bufnr = event.buf, name = "argent" })
  end,
})
