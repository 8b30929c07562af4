//===- GuardedMemoryTest.cpp - what the guards see -------------------------===//
#include "test/bounds/GuardedMemory.h"

#include <gtest/gtest.h>

using namespace argent::test;

namespace {

char read(const char *address) { return *const_cast<const volatile char *>(address); }
void write(char *address) { *const_cast<volatile char *>(address) = 1; }

TEST(GuardedMemory, FlushWithTheEnd) {
  GuardedMemory memory(100, 4, 0, Placement::kEnd);
  EXPECT_EQ(catchFault([&] { read(memory.data() + 99); }).address, nullptr);
  Fault fault = catchFault([&] { read(memory.data() + 100); });
  EXPECT_EQ(fault.address, memory.data() + 100);
  EXPECT_FALSE(fault.write);
  EXPECT_EQ(memory.distance(fault.address), 1);
  EXPECT_TRUE(memory.owns(fault.address));
}

TEST(GuardedMemory, FlushWithTheBeginning) {
  GuardedMemory memory(100, 64, 0, Placement::kStart);
  EXPECT_EQ(catchFault([&] { write(memory.data()); }).address, nullptr);
  Fault fault = catchFault([&] { write(memory.data() - 1); });
  EXPECT_TRUE(fault.write);
  EXPECT_EQ(memory.distance(fault.address), -1);
}

TEST(GuardedMemory, KeepsTheAddressModuloTheAlignment) {
  for (Placement placement : {Placement::kEnd, Placement::kStart})
    for (size_t bytes : {1, 63, 64, 4096, 5000}) {
      GuardedMemory memory(bytes, 64, 12, placement);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(memory.data()) % 64, 12u);
      for (size_t i = 0; i < bytes; ++i)
        write(memory.data() + i);
      EXPECT_EQ(memory.firstWritten(), 0);
    }
}

TEST(GuardedMemory, SeesWritesUpToTheGuardedPage) {
  GuardedMemory end(60, 64, 0, Placement::kEnd);
  EXPECT_EQ(catchFault([&] { write(end.data() + 63); }).address, nullptr);
  EXPECT_EQ(end.firstWritten(), 4);
  EXPECT_NE(catchFault([&] { write(end.data() + 64); }).address, nullptr);
  GuardedMemory start(60, 64, 8, Placement::kStart);
  write(start.data() - 8);
  EXPECT_EQ(start.firstWritten(), -8);
}

} // namespace
